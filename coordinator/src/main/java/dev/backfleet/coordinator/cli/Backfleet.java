package dev.backfleet.coordinator.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root of the command line: only lists its subcommands. */
@Command(
        name = "backfleet",
        description = {"Backfills large live PostgreSQL tables with a fleet of workers.", ""},
        subcommands = {
            CoordinatorCommand.class,
            SubmitCommand.class,
            JobsCommand.class,
            StatusCommand.class,
            WatchCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            CancelCommand.class,
            SetCommand.class,
            PromoteCommand.class,
            TenantsCommand.class,
            QuarantineCommand.class,
            RetryCommand.class,
            WorkersCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  backfleet demo                         see it work, without any setup",
            "  backfleet submit spec.yaml --watch     start a backfill and follow it",
            "  backfleet pause                        stop the whole fleet, now"
        })
public final class Backfleet implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(new CommandLine(spec), "no command given");
    }
}
