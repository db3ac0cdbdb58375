package dev.backfleet.standalone;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.kafka.setup.KafkaFailureTranslator;
import dev.backfleet.common.postgres.CommitWaitFailures;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.cli.Backfleet;
import dev.backfleet.coordinator.cli.session.SpecFailureTranslator;
import dev.backfleet.standalone.cli.DemoCommand;
import dev.backfleet.standalone.cli.LocalCommand;
import dev.backfleet.standalone.cli.StackFailureTranslator;
import dev.backfleet.worker.WorkerCommand;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The whole command line: what the coordinator's image has, the worker, and the embedded servers. */
public final class Main {
    private Main() {}

    /** Runs a command. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command line, for programs that run commands themselves. */
    public static BackfleetCommandLine commandLine() {
        var root = CommandSpec.forAnnotatedObject(new Backfleet());
        root.addSubcommand("worker", new CommandLine(new WorkerCommand()));
        root.addSubcommand("demo", new CommandLine(new DemoCommand()));
        root.addSubcommand("local", new CommandLine(new LocalCommand()));
        return BackfleetCommandLine.create(
                root,
                new CommitWaitFailures(),
                new ConnectionFailures(),
                new KafkaFailureTranslator(),
                new SpecFailureTranslator(),
                new StackFailureTranslator());
    }
}
