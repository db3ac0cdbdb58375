package dev.backfleet.worker;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.cli.HealthCommand;
import dev.backfleet.common.cli.Subcommands;
import dev.backfleet.common.kafka.setup.KafkaFailureTranslator;
import dev.backfleet.common.postgres.CommitWaitFailures;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.common.settings.typed.ManagementSettings;

/** The worker's own program, for images that hold nothing else. */
public final class WorkerMain {
    private WorkerMain() {}

    /** Runs the worker, or asks one for its health. */
    public static void main(String[] arguments) {
        System.exit(commandLine(arguments).execute(arguments));
    }

    /** The worker as the command itself, with {@code health} beside it. */
    public static BackfleetCommandLine commandLine(String... arguments) {
        var health = new Subcommands().with("health", () -> new HealthCommand(ManagementSettings.WORKER));
        return BackfleetCommandLine.create(
                health.of(new WorkerCommand(), arguments),
                new CommitWaitFailures(),
                new ConnectionFailures(),
                new KafkaFailureTranslator());
    }
}
