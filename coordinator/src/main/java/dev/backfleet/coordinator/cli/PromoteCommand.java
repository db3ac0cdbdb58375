package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.JobArgument;
import dev.backfleet.coordinator.cli.session.Session;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Begins the next wave of a job. */
@Command(
        name = "promote",
        description = {
            "Begin the next wave of a job's rollout. All shards of the current wave must be DONE or FAILED.",
            "Recorded in backfleet.audit. Works even when no coordinator is running.",
            "With --wave the command can be repeated: it begins no wave after the named one."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet promote split-names",
            "  backfleet promote split-names --wave 2   in a script that may run twice",
            "  backfleet promote split-names --early"
        })
final class PromoteCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final JobArgument job = new JobArgument();

    @Option(names = "--wave", paramLabel = "N", description = "Begin wave N; nothing happens if it has begun already.")
    private @Nullable Integer wave;

    @Option(
            names = "--early",
            description = "Begin although shards of the current wave are still open; work on them continues.")
    private boolean early;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.openToStore(options)) {
            var begun = session.operations()
                    .promote()
                    .run(session.actor(), job.idOrName(), Optional.ofNullable(wave), early);
            var out = spec.commandLine().getOut();
            out.println("wave " + begun.wave() + " of " + begun.of() + " of " + job
                    + (begun.already() ? " had begun already" : " has begun"));
            out.flush();
            return ExitCode.DONE;
        }
    }
}
