package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Confirmation;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.cli.session.SubjectArgument;
import dev.backfleet.coordinator.cli.text.StopText;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.control.StopWork.StopUnconfirmedException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Pauses a job or the fleet. */
@Command(
        name = "pause",
        description = {
            "Pause a job, or without JOB the whole fleet, and wait until it is confirmed that no more rows change.",
            "With --tenant, only one tenant of a job whose shards follow tenants: its rows are split into shards of its own,",
            "and work on the other tenants continues. Works even when no coordinator is running.",
            "If the database does not answer or refuses the command, the pause is published on the control topic all the",
            "same, for the fleet or a job's id, and the command exits with 3: it is not confirmed.",
            "On a terminal it asks before it acts on the whole fleet."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet pause                          the whole fleet",
            "  backfleet pause split-names --reason \"replica lag\"",
            "  backfleet pause split-names --tenant 42  only this tenant's rows"
        })
final class PauseCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final SubjectArgument subject = new SubjectArgument();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; shown in the status.")
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
        var target = subject.subject();
        if (subject.job() == null) {
            confirmation.require(options, spec, "pause the whole fleet on " + Session.fleet(options));
        }
        try (var session = Session.openToStop(options)) {
            var stopped = session.operations().stop().pause(session.actor(), target, reason, !noWait);
            StopText.PAUSE.print(spec, subject.job(), stopped);
            return ExitCode.DONE;
        } catch (OperationRefused | CommandException e) {
            throw e;
        } catch (StopUnconfirmedException e) {
            throw StopText.unconfirmed(spec, options, String.valueOf(e.getMessage()), e.failure());
        } catch (RuntimeException e) {
            // Whatever the database fails with, the workers can be told. A database that refuses the command may go on
            // serving the fleet, and is told apart.
            throw StopText.unconfirmed(
                    spec,
                    options,
                    (ConnectionFailures.isRefusal(e) ? "the database REFUSES this command; " : "")
                            + Session.pauseByTopic(options).run(Session.actor(options.settings()), target, reason),
                    e);
        }
    }
}
