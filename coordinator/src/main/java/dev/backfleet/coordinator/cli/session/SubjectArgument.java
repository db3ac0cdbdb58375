package dev.backfleet.coordinator.cli.session;

import dev.backfleet.coordinator.operation.ControlSubject;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a command pauses or resumes, as a mixin: the fleet, a job, or one tenant of a job. */
public final class SubjectArgument {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "JOB",
            description = "The job's id or name. Without it: the whole fleet.")
    private @Nullable String job;

    @Option(
            names = "--tenant",
            paramLabel = "T",
            description = "Only this tenant of JOB, written as PostgreSQL reads it.")
    private @Nullable String tenant;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    /** The job, as it was written; null: the fleet. */
    public @Nullable String job() {
        return job;
    }

    /** What JOB and {@code --tenant} name. */
    public ControlSubject subject() {
        if (job == null && tenant != null) {
            throw new ParameterException(command.commandLine(), "--tenant needs the JOB that it belongs to");
        }
        return new ControlSubject(job, tenant);
    }
}
