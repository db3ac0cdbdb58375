package dev.backfleet.standalone.demo;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.standalone.postgres.DemoTable;
import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.stack.LocalStack;
import dev.backfleet.standalone.stack.StackException;
import dev.backfleet.standalone.stack.StackOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** The steps of the demo on a stack that has been opened: fleet and table, job, check. */
public final class Demo {

    private static final int SLOTS = 4;
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration SILENCE = Duration.ofMinutes(10);

    private final LocalStack stack;
    private final DemoSize size;
    private final PrintWriter out;
    private final Database database;

    private Demo(LocalStack stack, DemoSize size, PrintWriter out, Database database) {
        this.stack = stack;
        this.size = size;
        this.out = out;
        this.database = database;
    }

    /** Options of a temporary stack for the demo. */
    public static StackOptions options(Consumer<FleetProcess> lost) {
        return StackOptions.temporary()
                .with(SettingCatalogue.WORKER_SLOTS.name(), Integer.toString(SLOTS))
                .serving()
                .telling(lost);
    }

    /** Runs the demo and prints what happens. */
    public static Outcome run(LocalStack stack, DemoSize size, PrintWriter out, Display display)
            throws InterruptedException {
        var profile = new Database.Profile("backfleet-demo", 2, List.of(), SILENCE);
        try (var database = Database.open(DatabaseSettings.ofUrl(stack.jdbcUrl()), profile)) {
            return new Demo(stack, size, out, database).run(display);
        }
    }

    private Outcome run(Display display) throws InterruptedException {
        var fleet = startFleet();
        var table = new DemoTable(database);
        table.fill(size.rows(), size.tenants());
        describe(table.sizes());
        await(fleet);
        stack.console().ifPresent(address -> say("  the console, until the demo ends: " + address));
        var job = submit();
        var kill = new Kill(stack, database, Ticker.system());
        var ended = follow(job, kill, display);
        say("");
        say("Checking every row ...");
        var cost = size.kill() ? Optional.of(kill.cost()) : Optional.<String>empty();
        return new Outcome(size.rows(), table.check(size.rows()), ended, cost);
    }

    // Beside the filling of the table.
    private CompletableFuture<Void> startFleet() {
        return CompletableFuture.runAsync(() -> {
            try {
                stack.addCoordinator();
                for (int started = 0; started < size.workers(); started++) {
                    stack.startWorker();
                }
                stack.awaitReady();
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
    }

    private static void await(CompletableFuture<Void> fleet) throws InterruptedException {
        try {
            fleet.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    private void describe(DemoTable.Sizes sizes) {
        say("  public.customers has " + HumanText.number(size.rows()) + " rows of " + HumanText.number(sizes.tenants())
                + " tenants;");
        say("  the largest tenant has " + HumanText.number(sizes.largest()) + ", the smallest "
                + HumanText.number(sizes.smallest()));
    }

    private long submit() {
        var file = stack.logs().resolve("split-names.yaml");
        var text = DemoSpec.text(size.workers() * SLOTS);
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new StackException("cannot write the spec to " + file + ": " + e);
        }
        say("");
        say("Submitting " + file + ":");
        text.lines().forEach(line -> say("  " + line));
        say("");
        return DemoSpec.submit(database, file.toString(), text);
    }

    private JobStatus follow(long job, Kill kill, Display display) throws InterruptedException {
        var queries = new PostgresQueries(database);
        while (true) {
            var now = queries.snapshot(job).orElseThrow();
            if (size.kill()) {
                kill.look(now, display::say);
            }
            display.show(now);
            if (now.job().atRest()) {
                return now.job();
            }
            require(stack.coordinators(), "no coordinator", now);
            require(stack.workers(), "no worker", now);
            Sleeper.system().sleep(LOOK);
        }
    }

    private static void require(List<FleetProcess> processes, String nobody, Snapshot now) {
        if (processes.stream().noneMatch(FleetProcess::isAlive)) {
            throw new StackException(
                    nobody + " is left, and the job is " + now.job().state());
        }
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
