package dev.backfleet.worker;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.kafka.setup.KafkaFailureTranslator;
import dev.backfleet.common.postgres.CommitWaitFailures;
import dev.backfleet.common.postgres.ConnectionFailures;

/** The worker's own program, for images that hold nothing else. */
public final class WorkerMain {
    private WorkerMain() {}

    /** Runs the worker. */
    public static void main(String[] arguments) {
        var commands = BackfleetCommandLine.create(
                new WorkerCommand(), new CommitWaitFailures(), new ConnectionFailures(), new KafkaFailureTranslator());
        System.exit(commands.execute(arguments));
    }
}
