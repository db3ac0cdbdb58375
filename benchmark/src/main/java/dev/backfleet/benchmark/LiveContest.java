package dev.backfleet.benchmark;

import dev.backfleet.benchmark.fleet.MeasuredFleet;
import dev.backfleet.benchmark.live.LiveComparison;
import dev.backfleet.benchmark.live.LiveMeasurement;
import dev.backfleet.benchmark.live.LiveReport;
import dev.backfleet.benchmark.live.LiveWay;
import dev.backfleet.benchmark.live.Phase;
import dev.backfleet.benchmark.postgres.Application;
import dev.backfleet.benchmark.postgres.Backfill;
import dev.backfleet.benchmark.postgres.CheckedCustomers;
import dev.backfleet.benchmark.postgres.FleetBackfill;
import dev.backfleet.benchmark.postgres.FleetRun;
import dev.backfleet.benchmark.postgres.IdleFleet;
import dev.backfleet.benchmark.postgres.LiveTable;
import dev.backfleet.benchmark.postgres.ServerBackfills;
import dev.backfleet.benchmark.postgres.ThrottleTerms;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.standalone.stack.LocalStack;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/** Measures the application beside one way after the other, on the same table, and stores the results. */
final class LiveContest {
    private static final int WORKERS = 2;

    /** How many times what it is alone the application's p99 may be, before the job is slowed down. */
    private static final double HEALTHY = 1.45;

    /** How long a job without a throttle runs before it is measured. */
    private static final Duration WARM = Duration.ofSeconds(1);

    private final LocalStack stack;
    private final LiveTable table;
    private final Conditions conditions;
    private final Consumer<String> progress;
    private final LiveComparison comparison = new LiveComparison();

    LiveContest(LocalStack stack, LiveTable table, Conditions conditions, Consumer<String> progress) {
        this.stack = stack;
        this.table = table;
        this.conditions = conditions;
        this.progress = progress;
    }

    /** Restores the table and measures the application alone and beside a way. */
    void measure(LiveWay way, int round) throws Exception {
        table.restore();
        var name = "live-" + way.slug() + "-" + round;
        var measured =
                switch (way) {
                    case IDLE_FLEET -> beside(way, round, new IdleFleet(() -> fleet(name), table.rows()));
                    case ONE_UPDATE -> beside(way, round, ServerBackfills.oneUpdate(stack.jdbcUrl(), table.rows()));
                    case NULL_LOOP -> beside(way, round, ServerBackfills.nullLoop(stack.jdbcUrl(), table.rows()));
                    case FULL_SPEED, FIXED_RATE, THROTTLED, RECONCILE -> besideJob(way, round, name);
                };
        comparison.add(measured);
        table.check().require(measured.backfill().complete());
        progress.accept(String.format(
                Locale.ROOT,
                "round %d: beside %s: p50 %.1f ms, p99 %.1f ms (alone %.1f; %.2f times it), max %.1f ms, %d errors; %,.0f rows/s for %.1f s",
                round,
                way.words(),
                measured.traffic().p50(),
                measured.traffic().p99(),
                measured.alone().p99(),
                measured.slowdowns().median(),
                measured.traffic().max(),
                measured.traffic().failed(),
                measured.backfill().rowsPerSecond(),
                measured.backfill().seconds()));
    }

    LiveReport report(int rounds) {
        return LiveReport.of(table.rows(), rounds, conditions.load().transactionsPerSecond(), comparison);
    }

    private LiveMeasurement besideJob(LiveWay way, int round, String name) throws Exception {
        try (var fleet = fleet(name)) {
            if (way == LiveWay.RECONCILE) {
                new CheckedCustomers(stack.jdbcUrl(), Sleeper.system()).prepare(name, conditions.slots());
            }
            var settling = way == LiveWay.THROTTLED ? conditions.settling() : WARM;
            var job = new FleetBackfill.Job(
                    name,
                    table.rows(),
                    conditions.slots(),
                    conditions.batch() + limits(way),
                    settling,
                    conditions.window());
            return beside(
                    way,
                    round,
                    way == LiveWay.RECONCILE
                            ? new FleetBackfill(
                                    stack.jdbcUrl(), job, database -> CheckedCustomers.reconcile(database, name))
                            : new FleetBackfill(stack.jdbcUrl(), job));
        }
    }

    private MeasuredFleet fleet(String name) throws SQLException, InterruptedException {
        var fleet = MeasuredFleet.start(stack, name, WORKERS);
        try {
            var run = new FleetRun(stack.jdbcUrl(), Sleeper.system());
            run.awaitWorkers(fleet.ids());
            run.warmUp();
            return fleet;
        } catch (SQLException | InterruptedException | RuntimeException e) {
            fleet.close();
            throw e;
        }
    }

    // The same seed for all ways of a round: except for aimed transactions, the application uses the same rows.
    private LiveMeasurement beside(LiveWay way, int round, Backfill backfill) throws Exception {
        try (var application = Application.start(stack.jdbcUrl(), table, backfill, conditions.load(), round)) {
            var changed = backfill.run(conditions.time(), application);
            application.end();
            return new LiveMeasurement(
                    way,
                    round,
                    application.traffic(Phase.ALONE),
                    application.traffic(Phase.BESIDE),
                    application.slowdowns(),
                    changed);
        }
    }

    private String limits(LiveWay way) {
        return switch (way) {
            case FIXED_RATE -> "rate: { rows-per-second: " + conditions.rate() + " }\n" + ThrottleTerms.none();
            case THROTTLED -> ThrottleTerms.healthyUpTo(HEALTHY);
            case FULL_SPEED, IDLE_FLEET, ONE_UPDATE, NULL_LOOP, RECONCILE -> ThrottleTerms.none();
        };
    }

    /**
     * The options.
     *
     * @param time total time of each way
     * @param window length of each running and each paused phase of a job
     * @param settling how long a throttled job runs before it is measured
     * @param load the application's load
     * @param rate the rows per second of the fixed rate
     * @param batch batches and slots for the specs, as lines of YAML
     * @param slots how many slots a job uses
     */
    record Conditions(
            Duration time,
            Duration window,
            Duration settling,
            Application.Load load,
            long rate,
            String batch,
            int slots) {}
}
