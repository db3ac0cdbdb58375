package dev.backfleet.benchmark;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.kafka.setup.KafkaFailureTranslator;
import dev.backfleet.common.postgres.CommitWaitFailures;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.standalone.cli.StackFailureTranslator;

/** The benchmark's own command line. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        var commands = BackfleetCommandLine.create(
                new BenchmarkCommand(),
                new CommitWaitFailures(),
                new ConnectionFailures(),
                new KafkaFailureTranslator(),
                new StackFailureTranslator());
        System.exit(commands.execute(arguments));
    }
}
