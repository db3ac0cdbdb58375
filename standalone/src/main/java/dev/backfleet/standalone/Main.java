package dev.backfleet.standalone;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.kafka.setup.KafkaFailureTranslator;
import dev.backfleet.common.postgres.CommitWaitFailures;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.cli.Backfleet;
import dev.backfleet.coordinator.cli.session.SpecFailureTranslator;
import dev.backfleet.coordinator.cli.submit.PlanCommand;
import dev.backfleet.standalone.cli.DemoCommand;
import dev.backfleet.standalone.cli.EmbeddedRehearsal;
import dev.backfleet.standalone.cli.LocalCommand;
import dev.backfleet.standalone.cli.StackFailureTranslator;
import dev.backfleet.worker.WorkerCommand;
import java.io.PrintWriter;
import java.util.List;

/** The whole command line: what the coordinator's image has, the worker, and the embedded servers. */
public final class Main {
    private Main() {}

    /** Runs a command. */
    public static void main(String[] arguments) {
        Backfleet.prepare(arguments);
        System.exit(commandLine(arguments).execute(arguments));
    }

    /** The command line with all commands; only with the one that the arguments name, if they name one. */
    public static BackfleetCommandLine commandLine(String... arguments) {
        var subcommands = Backfleet.subcommands()
                .with("plan", () -> new PlanCommand(new EmbeddedRehearsal()))
                .with("worker", WorkerCommand::new)
                .with("demo", () -> new DemoCommand(Main::runInThisProcess))
                .with("local", LocalCommand::new);
        return BackfleetCommandLine.create(
                subcommands.of(new Backfleet(), arguments),
                new CommitWaitFailures(),
                new ConnectionFailures(),
                new KafkaFailureTranslator(),
                new SpecFailureTranslator(),
                new StackFailureTranslator());
    }

    private static int runInThisProcess(List<String> arguments, PrintWriter out) {
        var commands = commandLine(arguments.toArray(String[]::new));
        commands.picocli().setOut(out).setErr(out);
        return commands.execute(arguments.toArray(String[]::new));
    }
}
