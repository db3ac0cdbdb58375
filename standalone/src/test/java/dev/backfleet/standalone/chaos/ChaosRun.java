package dev.backfleet.standalone.chaos;

import dev.backfleet.embedded.process.ServerDirectory;
import dev.backfleet.standalone.chaos.load.Items;
import dev.backfleet.standalone.chaos.load.Journal;
import dev.backfleet.standalone.chaos.load.MigrationUnderWay;
import dev.backfleet.standalone.chaos.load.Operators;
import dev.backfleet.standalone.chaos.load.Traffic;
import dev.backfleet.standalone.chaos.load.Work;
import dev.backfleet.standalone.chaos.site.Clockwork;
import dev.backfleet.standalone.chaos.site.Crew;
import dev.backfleet.standalone.chaos.site.Failovers;
import dev.backfleet.standalone.chaos.site.LostTail;
import dev.backfleet.standalone.chaos.site.Rest;
import dev.backfleet.standalone.chaos.site.Site;
import dev.backfleet.standalone.chaos.site.Sql;
import dev.backfleet.standalone.faults.CommandLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One run: a fleet and an application at work, random faults, and the checks. */
final class ChaosRun implements AutoCloseable {
    static final int WORKERS = 3;
    static final int COORDINATORS = 2;
    private static final int SESSIONS = 3;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final double OLDEST_TRANSACTION_SECONDS = 10;

    private static final Map<String, String> SETTINGS = Map.of(
            "BACKFLEET_SHARD_LEASE", "2s",
            "BACKFLEET_REDISPATCH_AFTER", "2s",
            "BACKFLEET_COORDINATOR_LEASE", "2s",
            "BACKFLEET_WORKER_SLOTS", "3",
            // A line for each batch: none has a key.
            "BACKFLEET_LOG_LEVEL", "debug");

    private static final String SPEC = """
            set: { dst: dst + src }
            shard: { rows: 10000 }
            batch: { duration: 40ms, max-rows: 500 }
            rate: { rows-per-second: %d }
            """;

    private final long seed;
    private final Duration length;
    private final Path folder;
    private final Site site;
    private final Crew crew;
    private final Sql sql;
    private final Items items;
    private final Journal journal;
    private final CommandLine commands;
    private final Operators operators;
    private final Clockwork clockwork;
    private final Work work;
    private final Failovers failovers;
    private final Faults faults;
    private final FaultInjector faultInjector;
    private final LostTail tail = new LostTail();
    private final TransactionAges ages = new TransactionAges();
    private final Vitals vitals = new Vitals();
    private final Standstill standstill;
    private final ExecutorService application = Executors.newFixedThreadPool(SESSIONS + 1);
    private final AtomicBoolean over = new AtomicBoolean();
    private @Nullable MigrationUnderWay migration;
    private final List<String> report = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    ChaosRun(long seed, Duration length, int rows, int rate) throws IOException {
        this.seed = seed;
        this.length = length;
        this.folder = Files.createTempDirectory("backfleet-chaos-");
        this.site = Site.open(WORKERS, seed);
        this.crew = new Crew(site, folder, SETTINGS);
        this.sql = new Sql(site.jdbcUrl());
        this.items = new Items(sql, rows);
        this.journal = new Journal(rows);
        this.commands = new CommandLine(site.flags(), folder);
        this.standstill = new Standstill(commands);
        this.operators = new Operators(site, commands, tail);
        this.clockwork = new Clockwork(folder);
        this.work = new Work(sql, commands, items, SPEC.formatted(rate), tail);
        this.failovers = new Failovers(site, tail);
        this.faults = new Faults(site, crew, operators, clockwork, failovers, ages);
        this.faultInjector = new FaultInjector(faults);
    }

    /** Runs; the report, which ends with the verdicts. */
    List<String> run() throws Exception {
        items.create();
        var schedule = Schedule.of(seed, length, faults::target);
        failovers.prepare(schedule.count(Fault.FAIL_OVER));
        staff();
        for (var i = 0; i < SESSIONS; i++) {
            application.execute(new Traffic(site.jdbcUrl(), items.rows(), new Random(seed + i), journal, tail, over));
        }
        var migration = new MigrationUnderWay(site, commands, tail, folder, new Random(seed), over);
        this.migration = migration;
        application.execute(migration);
        // Faults before the fleet has started would test little.
        do {
            work.look();
        } while (work.changed() == 0);
        var began = System.nanoTime();
        faultInjector.begin(schedule);
        verdict("each row as its jobs have left it, and counted; what stands still says why, at every look", () -> {
            while (!faultInjector.isOver()) {
                work.look();
                ages.look(sql);
                standstill.look(sql, work.job());
                vitals.look(crew.named(Crew.worker(WORKERS)).pid(), sql);
            }
        });
        site.proxies().reset();
        var calm = System.nanoTime();
        verdict("the last job succeeds within " + TIMEOUT.toSeconds() + " s of the last fault", this::awaitEnd);
        var end = System.nanoTime();
        over.set(true);
        application.shutdown();
        verdict(
                "the application comes to its end",
                () -> Items.require(
                        "sessions that hang", application.awaitTermination(1, TimeUnit.MINUTES) ? 0 : 1, 0));
        verdict("the migration under way comes to its end", () -> migration.finish(TIMEOUT.toNanos()));
        report.add(migration.toString());
        verdict("both shapes of each row agree, and hold what was written", migration::requireKept);
        describe(schedule, seconds(end - began), seconds(end - calm));
        judge();
        return report;
    }

    /** What was found to be wrong. */
    List<String> failures() {
        return failures;
    }

    private void staff() throws SQLException, InterruptedException {
        crew.addCoordinator(1);
        Crew.awaitLeader(sql);
        crew.addCoordinator(2);
        for (var i = 1; i <= WORKERS; i++) {
            crew.addWorker(i, i == WORKERS ? clockwork.environment() : Map.of());
        }
    }

    private void awaitEnd() throws SQLException, IOException, InterruptedException {
        work.hurry();
        var end = System.nanoTime() + TIMEOUT.toNanos();
        while (!work.state().equals("SUCCEEDED")) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it is " + work.state());
            }
            Rest.millis(50);
        }
    }

    private void describe(Schedule schedule, double seconds, double after) throws SQLException {
        report.add("seed " + seed + ", " + length.toSeconds() + " s of faults, "
                + schedule.entries().size() + " of them");
        report.add("injected: " + faultInjector.counts());
        report.add("lengths in seconds, shortest/median/longest: " + schedule.lengths());
        report.add("jobs: %d of %d rows each, %d rows changed, %.0f rows/s; the last ended %.1f s after the last fault"
                .formatted(work.jobs(), items.rows(), work.changed(), work.changed() / seconds, after));
        report.add("application: " + journal);
        report.add("%d looks, %d pauses acknowledged, oldest transaction %.1f s (%s), %d splits"
                .formatted(work.looks(), operators.pauses(), ages.oldest(), ages.oldestOf(), said("stragglers split")));
        report.add(standstill.seen() + " times the job stood still for 12 s, and its status said why");
        report.add("worker " + WORKERS + ", which nobody kills, and the server: " + vitals);
        report.add(failovers.toString());
        if (!clockwork.isInstalled()) {
            report.add("no clock jumps: libfaketime is not installed");
        }
    }

    private void judge() {
        verdict("every row once by each job", () -> items.requireEveryRowOnceByEach(work.jobs()));
        verdict("every write that was acknowledged", () -> journal.requireKept(sql));
        verdict("no write refused", journal::requireNoneRefused);
        verdict("nothing changed in a pause", () -> operators.requirePausesKept(sql));
        verdict("no old transaction", () -> {
            if (ages.oldest() > OLDEST_TRANSACTION_SECONDS) {
                throw new AssertionError(ages.oldest() + " s: " + ages.oldestOf());
            }
        });
        verdict("no password, no row value and no key in any log", () -> {
            Items.require("lines with the password", said(Site.PASSWORD), 0);
            Items.require("lines with a row's value", said(Items.CONFIDENTIAL), 0);
            Items.require("lines with a key", said(Items.ANY_KEY), 0);
        });
        verdict("nothing grows", vitals::requireSteady);
        verdict("all faults injected", () -> {
            faultInjector.requireInjected();
            for (var fault : Fault.values()) {
                var floor = (long) (fault.inTenMinutes() * (length.toMillis() / 600_000.0));
                if (fault.isCertain(clockwork.isInstalled())
                        && faultInjector.counts().getOrDefault(fault, 0) < floor) {
                    throw new AssertionError(
                            fault + " only " + faultInjector.counts().get(fault) + " of " + floor + " times");
                }
            }
        });
    }

    private long said(String words) {
        try (var files = Files.list(folder)) {
            var count = 0L;
            for (var log :
                    files.filter(file -> file.toString().endsWith(".log")).toList()) {
                try (var lines = Files.lines(log)) {
                    count += lines.filter(line -> line.contains(words)).count();
                }
            }
            return count;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void verdict(String what, Check check) {
        try {
            check.run();
            report.add("held: " + what);
        } catch (Exception | AssertionError e) {
            report.add("BROKEN: " + what + ": " + e);
            failures.add(what + ": " + e + " (seed " + seed + ")");
        }
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }

    /** Ends everything; the logs stay if something was wrong. */
    @Override
    public void close() throws Exception {
        over.set(true);
        application.shutdownNow();
        faultInjector.close();
        if (migration != null) {
            migration.close();
        }
        crew.close();
        sql.close();
        site.close();
        if (failures.isEmpty()) {
            ServerDirectory.delete(folder);
        }
    }

    private interface Check {
        void run() throws Exception;
    }
}
