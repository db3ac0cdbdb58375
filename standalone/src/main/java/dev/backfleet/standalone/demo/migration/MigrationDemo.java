package dev.backfleet.standalone.demo.migration;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.standalone.demo.DemoSize;
import dev.backfleet.standalone.demo.Kill;
import dev.backfleet.standalone.postgres.DemoTable;
import dev.backfleet.standalone.postgres.application.CodeVersion;
import dev.backfleet.standalone.postgres.application.SplitNames;
import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.stack.LocalStack;
import dev.backfleet.standalone.stack.StackException;
import dev.backfleet.standalone.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A migration from its file to the dropped column, while an application runs of which three versions are deployed: a worker is killed in its
 * backfill, and the first step of its cutover is taken back, because the release that it switches is slow.
 */
public final class MigrationDemo {
    private static final int SLOTS = 4;
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration SILENCE = Duration.ofMinutes(10);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int STATEMENTS_FOR_A_LOOK = 1000;

    /** Replicas that know only the old shape until reads are switched. */
    private static final int OLD_REPLICAS = 2;

    private final LocalStack stack;
    private final DemoSize size;
    private final Terminal terminal;
    private final Database database;
    private final SplitNames migration;
    private final DemoTable table;
    private final Ticker ticker = Ticker.system();

    private MigrationDemo(LocalStack stack, DemoSize size, Terminal terminal, Database database) {
        this.stack = stack;
        this.size = size;
        this.terminal = terminal;
        this.database = database;
        this.migration = new SplitNames(database);
        this.table = DemoTable.withOldShapeOnly(database);
    }

    /** Options of a temporary stack for the demo. */
    public static StackOptions options(Consumer<FleetProcess> lost) {
        return options(PostgresOptions.durable(), lost);
    }

    /** The same, with another PostgreSQL. */
    public static StackOptions options(PostgresOptions postgres, Consumer<FleetProcess> lost) {
        return StackOptions.temporary()
                // The last report asks it which statements name the old column.
                .with(postgres.with("shared_preload_libraries", "pg_stat_statements"))
                .with(SettingCatalogue.WORKER_SLOTS.name(), Integer.toString(SLOTS))
                .telling(lost);
    }

    /** Runs the demo and prints what happens. */
    public static MigrationOutcome run(LocalStack stack, DemoSize size, Terminal terminal) throws InterruptedException {
        var profile = new Database.Profile("backfleet-demo", 2, List.of(), SILENCE);
        try (var database = Database.open(DatabaseSettings.ofUrl(stack.jdbcUrl()), profile);
                var application = new Application(stack.jdbcUrl(), size.rows())) {
            return new MigrationDemo(stack, size, terminal, database).run(application);
        }
    }

    private MigrationOutcome run(Application application) throws InterruptedException {
        startFleet();
        migration.prepare();
        table.fill(size.rows(), size.tenants());
        terminal.say("  public.customers has " + HumanText.number(size.rows()) + " rows of "
                + HumanText.number(size.tenants()) + " tenants");
        stack.awaitReady();
        application.start();
        await("the application does nothing", () -> statements(application) >= STATEMENTS_FOR_A_LOOK);
        var alone = application.traffic().totals().longest();
        application.traffic().startOver();
        terminal.say("  an application of " + Application.REPLICAS + " replicas reads and writes it, and never stops");
        var begun = ticker.now();
        var file = file(application);
        terminal.succeed(MigrationDemo::isOfTheOverview, "migration", "plan", file);
        terminal.say("  (left out here: the statements of each step, who holds locks now, and the spec of the job)");
        var kill = new Kill(stack, database, ticker);
        apply(file, application, kill);
        switchReads(application);
        var apart = migration.rowsApart();
        removeOldShape();
        terminal.say("");
        terminal.say("Checking every row ...");
        var took = ticker.now().minus(begun);
        var names = application.stop();
        var totals = application.traffic().totals();
        var check = new NameCheck(names);
        table.names(check);
        return new MigrationOutcome(
                totals,
                new MigrationOutcome.Rows(check.rows(), apart, check.wrong(), migration.columns()),
                new MigrationOutcome.Times(took, alone, Duration.ofMillis(migration.longestHoldMillis())),
                size.kill() ? kill.cost() : "nobody was killed");
    }

    private void startFleet() {
        stack.startCoordinator();
        stack.prepareForWorkers();
        for (var started = 0; started < size.workers(); started++) {
            stack.startWorker();
        }
    }

    private String file(Application application) {
        var text = MigrationDemoFile.text(size.workers() * SLOTS, application.healthUrl());
        Path file = stack.logs().resolve("split-names.migration.yaml");
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new StackException("cannot write the file to " + file + ": " + e);
        }
        terminal.say("");
        terminal.say("split-names.migration.yaml:");
        text.lines().forEach(line -> terminal.say("  " + line));
        return file.toString();
    }

    private void apply(String file, Application application, Kill kill) throws InterruptedException {
        var applied = CompletableFuture.runAsync(() -> terminal.succeed("migration", "apply", file));
        await(
                "the sync is not there",
                () -> applied.isDone() || isIn(MigrationState.SYNCED, MigrationState.BACKFILLING));
        application.deploy(CodeVersion.DUAL_SLOW, OLD_REPLICAS, Application.REPLICAS);
        terminal.say("  (deployed: " + CodeVersion.DUAL_SLOW.words() + " on "
                + (Application.REPLICAS - OLD_REPLICAS) + " replicas of " + Application.REPLICAS
                + ": it writes both shapes, and asks the flag which one to read;");
        terminal.say("  its read of the new shape takes 200 ms by mistake, which nobody knows yet)");
        var queries = new PostgresQueries(database);
        while (!applied.isDone()) {
            if (size.kill() && isIn(MigrationState.BACKFILLING)) {
                migration.job().ifPresent(job -> queries.snapshot(job)
                        .ifPresent(now -> kill.look(now, event -> terminal.say("  (" + event + ")"))));
            }
            Sleeper.system().sleep(LOOK);
        }
        applied.join();
    }

    private void switchReads(Application application) throws InterruptedException {
        terminal.succeed("migration", "cutover", MigrationDemoFile.NAME);
        terminal.say(
                "  (reads of the new shape take 200 ms: the application's health address answers 503, which the file names under abort)");
        await("nobody has taken the slow release back", () -> isIn(MigrationState.READY));
        terminal.say("  (all reads were taken back by themselves)");
        terminal.succeed(new UntilBlankLine(), "migration", "status", MigrationDemoFile.NAME);
        application.deploy(CodeVersion.DUAL, OLD_REPLICAS, Application.REPLICAS);
        terminal.say("");
        terminal.say("  (deployed: " + CodeVersion.DUAL.words() + ", whose read of the new shape is not slow)");
        // No step is taken while the last look at a signal was bad.
        await(
                "the health address is still bad",
                () -> terminal.isPermitted("migration", "gate", MigrationDemoFile.NAME, "--for", "cutover"));
        terminal.succeed("migration", "cutover", MigrationDemoFile.NAME);
        await("the cutover has not gone on", () -> isIn(MigrationState.CUT));
        terminal.say(
                "  (all reads are switched: each step after its soak time, by itself, since the file says 'promote: auto')");
        application.deploy(CodeVersion.NEW, Application.REPLICAS - OLD_REPLICAS, Application.REPLICAS);
        var before = statements(application);
        terminal.say("  (deployed: " + CodeVersion.NEW.words()
                + " on 2 replicas: it knows only the new shape. All three versions run)");
        await("the application does nothing", () -> statements(application) >= before + STATEMENTS_FOR_A_LOOK);
        application.deploy(CodeVersion.NEW, 0, Application.REPLICAS);
        terminal.say("  (deployed: " + CodeVersion.NEW.words() + " on all replicas)");
    }

    private void removeOldShape() throws InterruptedException {
        var deployed = CodeVersion.NEW.words();
        // From the first report on, it is noted who still uses the old shape; the file says that one second is enough.
        terminal.run(line -> true, "migration", "contract", MigrationDemoFile.NAME);
        awaitGreen(deployed);
        terminal.say("");
        terminal.say("  (seconds later; a person would wait for weeks, and the file says so in days)");
        terminal.succeed("migration", "contract", MigrationDemoFile.NAME, "--rename", "--i-have-deployed", deployed);
        awaitGreen(deployed);
        terminal.succeed(
                "migration", "contract", MigrationDemoFile.NAME, "--drop", "--i-have-deployed", deployed, "--yes");
    }

    private void awaitGreen(String deployed) throws InterruptedException {
        await(
                "the report is not green",
                () -> terminal.isPermitted(
                        "migration", "contract", MigrationDemoFile.NAME, "--i-have-deployed", deployed));
    }

    // A plan is made to be read in full, before a review; here it would be most of what is printed.
    private static boolean isOfTheOverview(String line) {
        return !line.startsWith("     ") || line.startsWith("     open") || line.startsWith("     is there");
    }

    private boolean isIn(MigrationState... states) {
        return migration
                .state()
                .map(MigrationState::valueOf)
                .filter(Set.of(states)::contains)
                .isPresent();
    }

    private static long statements(Application application) {
        var totals = application.traffic().totals();
        return totals.reads() + totals.writes();
    }

    private void await(String otherwise, BooleanSupplier condition) throws InterruptedException {
        var end = ticker.now().plus(LIMIT);
        while (!condition.getAsBoolean()) {
            if (ticker.now().compareTo(end) > 0) {
                throw new StackException(otherwise + " after " + LIMIT.toSeconds() + " s");
            }
            Sleeper.system().sleep(LOOK);
        }
    }

    /** The first paragraph. */
    private static final class UntilBlankLine implements Predicate<String> {
        private boolean ended;

        @Override
        public boolean test(String line) {
            ended |= line.isBlank();
            return !ended;
        }
    }
}
