package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.kafka.setup.KafkaFailureTranslator;
import dev.backfleet.common.postgres.CommitWaitFailures;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.cli.session.SpecFailureTranslator;

/** The program of images that contain only the coordinator and the command line. */
public final class Main {
    private Main() {}

    /** Runs a command. */
    public static void main(String[] arguments) {
        Backfleet.prepare(arguments);
        var commands = BackfleetCommandLine.create(
                Backfleet.root(arguments),
                new CommitWaitFailures(),
                new ConnectionFailures(),
                new KafkaFailureTranslator(),
                new SpecFailureTranslator());
        System.exit(commands.execute(arguments));
    }
}
