package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Confirmation;
import dev.backfleet.coordinator.cli.session.JobArgument;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.cli.text.StopText;
import dev.backfleet.coordinator.operation.control.StopWork.StopUnconfirmedException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Cancels a job. */
@Command(
        name = "cancel",
        description = {
            "End a job, and wait until it is confirmed that no more rows change. What was changed stays changed.",
            "Works even when no coordinator is running. Another job can use the name afterwards.",
            "On a terminal it asks first."
        },
        footer = {"", "Examples:", "  backfleet cancel split-names"})
final class CancelCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final JobArgument job = new JobArgument();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; shown in the job's status.")
    private @Nullable String reason;

    @Option(names = "--no-wait", description = "Do not wait for the confirmation.")
    private boolean noWait;

    @Mixin
    private final Confirmation confirmation = new Confirmation();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        confirmation.require(options, spec, "cancel " + job + " for good, on " + Session.fleet(options));
        try (var session = Session.openToStop(options)) {
            var stopped = session.operations().stop().cancel(session.actor(), job.idOrName(), reason, !noWait);
            StopText.CANCEL.print(spec, job.idOrName(), stopped);
            return ExitCode.DONE;
        } catch (StopUnconfirmedException e) {
            throw StopText.unconfirmed(spec, options, String.valueOf(e.getMessage()), e.failure());
        }
    }
}
