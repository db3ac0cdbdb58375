package dev.backfleet.standalone.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.output.TerminalInfo;
import dev.backfleet.common.cli.output.WindowSize;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.coordinator.screen.TerminalCapabilities;
import dev.backfleet.standalone.demo.Demo;
import dev.backfleet.standalone.demo.DemoSize;
import dev.backfleet.standalone.demo.Display;
import dev.backfleet.standalone.demo.Outcome;
import dev.backfleet.standalone.demo.migration.CommandRunner;
import dev.backfleet.standalone.demo.migration.MigrationDemo;
import dev.backfleet.standalone.demo.migration.MigrationOutcome;
import dev.backfleet.standalone.demo.migration.Terminal;
import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.stack.LocalStack;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a backfill with all that belongs to it, on a machine where nothing is set up. */
@Command(
        name = "demo",
        description = {
            "See it work, with nothing set up: embedded PostgreSQL and Kafka, a coordinator and workers.",
            "Fills a table, backfills it, kills a worker half-way, checks every row, and removes everything.",
            "Ends with 0 if every row was changed exactly once, else with 1.",
            "With --migration, the whole change of which a backfill is the middle: from the file to the dropped column, beside an",
            "application of which three versions are deployed. Ends with 0 if it has not noticed, else with 1."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet demo",
            "  backfleet demo --rows 5000000 --tenants 20000 --workers 4",
            "  backfleet demo --no-kill",
            "  backfleet demo --migration"
        })
public final class DemoCommand implements Callable<ExitCode> {

    private static final long MOST_ROWS = 1_000_000_000;
    private static final long ROWS = 1_000_000;
    private static final long ROWS_OF_A_MIGRATION = 300_000;

    private static final List<String> NEXT = List.of(
            "",
            "Next, a fleet like this one to play with; then a backfill of your own on it:",
            "  ./backfleet local --coordinator --workers 3 --env-file backfleet.env",
            "  ./backfleet submit my-spec.yaml --watch --settings backfleet.env",
            "The same, larger:",
            "  ./backfleet demo --rows 5000000 --tenants 20000",
            "The whole change of a table, from the new columns to the end of the old one, beside an application:",
            "  ./backfleet demo --migration");

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "The rows of the table. Default: 1000000; with --migration 300000.")
    private @Nullable Long rows;

    @Option(
            names = "--tenants",
            paramLabel = "N",
            defaultValue = "500",
            description = "The tenants they belong to, of very unequal size. Default: 500.")
    private int tenants;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "3",
            description = "The worker processes. Default: 3.")
    private int workers;

    @Option(names = "--no-kill", description = "Let all workers live.")
    private boolean noKill;

    @Option(names = "--migration", description = "Show a whole migration, not only its backfill.")
    private boolean migration;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private final CommandRunner commands;

    /**
     * Creates it.
     *
     * @param commands runs the commands that the demo of a migration gives
     */
    public DemoCommand(CommandRunner commands) {
        this.commands = commands;
    }

    @Override
    public ExitCode call() throws Exception {
        require("--rows", rows(), 0, MOST_ROWS);
        require("--tenants", tenants, 1, Integer.MAX_VALUE);
        require("--workers", workers, 1, 100);
        var ended = Interruptible.run(this::run);
        if (ended == ExitCode.INTERRUPTED) {
            spec.commandLine().getErr().println("backfleet: interrupted; everything it had started has ended");
        }
        return ended;
    }

    private ExitCode run() throws InterruptedException {
        var size = new DemoSize(rows(), tenants, workers, !noKill);
        var out = spec.commandLine().getOut();
        out.println("Starting PostgreSQL, Kafka, a coordinator and " + size.workers()
                + (size.workers() == 1 ? " worker ..." : " workers ..."));
        out.flush();
        var clean = migration ? showMigration(size, out) : showJob(size, out);
        out.flush();
        return clean ? ExitCode.DONE : ExitCode.JOB_FAILED;
    }

    private boolean showJob(DemoSize size, PrintWriter out) throws InterruptedException {
        try (var display = display(out);
                var stack = LocalStack.open(Demo.options(process -> lost(process, display::say)))) {
            var outcome = kept(stack, () -> Demo.run(stack, size, out, display), Outcome::clean);
            display.close();
            out.println();
            outcome.lines().forEach(out::println);
            if (outcome.clean()) {
                NEXT.forEach(out::println);
            }
            return outcome.clean();
        }
    }

    private boolean showMigration(DemoSize size, PrintWriter out) throws InterruptedException {
        try (var stack = LocalStack.open(MigrationDemo.options(process -> lost(process, out::println)))) {
            var terminal = new Terminal(stack, commands, out);
            var outcome = kept(stack, () -> MigrationDemo.run(stack, size, terminal), MigrationOutcome::clean);
            out.println();
            outcome.lines().forEach(out::println);
            return outcome.clean();
        }
    }

    private long rows() {
        if (rows != null) {
            return rows;
        }
        return migration ? ROWS_OF_A_MIGRATION : ROWS;
    }

    // The logs are kept unless all went well.
    private <T> T kept(LocalStack stack, Show<T> show, Predicate<T> clean) throws InterruptedException {
        try {
            var outcome = show.run();
            if (!clean.test(outcome)) {
                keepLogs(stack);
            }
            return outcome;
        } catch (RuntimeException e) {
            keepLogs(stack);
            throw e;
        }
    }

    private static Display display(PrintWriter out) {
        var environment = System.getenv();
        if (!TerminalInfo.wantsColour(environment)) {
            return Display.asLines(out, Ticker.system());
        }
        var window = WindowSize.follow(environment);
        return Display.onTerminal(out, () -> TerminalCapabilities.of(window.now(), environment));
    }

    private static void lost(FleetProcess process, Consumer<String> say) {
        say.accept(process.name() + " " + process.end() + "; its log ends with:\n" + process.logTail());
    }

    // Not after Ctrl-C: there is nothing to find out.
    private void keepLogs(LocalStack stack) {
        if (!Thread.currentThread().isInterrupted()) {
            stack.keepLogs();
            var err = spec.commandLine().getErr();
            err.println("backfleet: the logs of coordinator and workers are in " + stack.logs());
            err.flush();
        }
    }

    private static void require(String flag, long value, long least, long most) {
        if (value < least || value > most) {
            throw new CommandException(
                    ExitCode.USAGE, flag + " " + value + ": give a number from " + least + " to " + most);
        }
    }

    /** Shows something on a stack. */
    @FunctionalInterface
    private interface Show<T> {
        T run() throws InterruptedException;
    }
}
