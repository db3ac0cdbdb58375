package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.command.ChangeControl;
import dev.backfleet.coordinator.postgres.PostgresControl;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Resumes a job or the fleet. */
@Command(
        name = "resume",
        description = {
            "Let a paused job, or without JOB the whole fleet, go on.",
            "Jobs that were paused by themselves stay paused when the fleet is resumed."
        },
        footer = {"", "Examples:", "  backfleet resume", "  backfleet resume split-names"})
final class ResumeCommand implements Callable<ExitCode> {
    private static final Set<JobState> RESUMABLE =
            Set.of(JobState.PAUSED, JobState.PAUSING, JobState.RUNNING, JobState.PLANNING);

    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "JOB",
            description = "The job's id or name. Without it: the whole fleet.")
    private @Nullable String job;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() {
        try (var session = Session.open(options.settings())) {
            var scope =
                    Optional.ofNullable(job).map(session::job).map(Scope::job).orElse(Scope.FLEET);
            var store = new PostgresControl(session.database());
            if (scope instanceof Scope.Job one) {
                store.state(one.id())
                        .filter(state -> !RESUMABLE.contains(state))
                        .ifPresent(this::refuse);
            }
            new ChangeControl(store, session.channel(), Ticker.system())
                    .resume(scope, ChangeControl.wish(DesiredState.RUN, null));
            var out = spec.commandLine().getOut();
            out.println("resumed " + (job == null ? "the fleet" : job));
            out.flush();
            return ExitCode.DONE;
        }
    }

    private void refuse(JobState state) {
        throw new CommandException(ExitCode.CONFLICT, "job " + job + " is " + state + ": it cannot be resumed");
    }
}
