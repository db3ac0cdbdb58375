package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Confirmation;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.cli.session.SubjectArgument;
import dev.backfleet.coordinator.cli.text.ResumeText;
import dev.backfleet.coordinator.operation.control.Resume.Partitions;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Resumes a job or the fleet. */
@Command(
        name = "resume",
        description = {
            "Resume a paused job, or without JOB the whole fleet.",
            "A HALTED job resumes where it stopped if its table matches the job's snapshot again; otherwise the command",
            "prints the differences. Resuming the fleet does not resume jobs that were paused one by one, and resuming a",
            "job does not resume its paused tenants.",
            "On a terminal it asks before it acts on the whole fleet."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet resume",
            "  backfleet resume split-names",
            "  backfleet resume split-names --tenant 42"
        })
final class ResumeCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final SubjectArgument subject = new SubjectArgument();

    @Option(
            names = "--partitions",
            paramLabel = "WHAT",
            description = {
                "For a HALTED job whose partitions were detached, or replaced by other tables: resume without them.",
                "leave: rows of the tables that replaced them stay unchanged. change: all of these rows are changed,",
                "a second time if they were changed before."
            })
    private @Nullable Partitions partitions;

    @Mixin
    private final Confirmation confirmation = new Confirmation();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        var target = subject.subject();
        if (subject.job() == null) {
            confirmation.require(options, spec, "resume the whole fleet on " + Session.fleet(options));
        }
        try (var session = Session.openToResume(options)) {
            var resumed = session.operations().resume().run(session.actor(), target, Optional.ofNullable(partitions));
            var out = spec.commandLine().getOut();
            ResumeText.lines(subject.job(), resumed).forEach(out::println);
            out.flush();
            resumed.unpublished().ifPresent(why -> {
                throw new CommandException(ExitCode.CANNOT_CONNECT, ResumeText.unpublished(why));
            });
            return ExitCode.DONE;
        }
    }
}
