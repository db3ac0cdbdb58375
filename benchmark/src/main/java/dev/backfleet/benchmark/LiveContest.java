package dev.backfleet.benchmark;

import dev.backfleet.benchmark.fleet.MeasuredFleet;
import dev.backfleet.benchmark.live.LiveComparison;
import dev.backfleet.benchmark.live.LiveMeasurement;
import dev.backfleet.benchmark.live.LiveReport;
import dev.backfleet.benchmark.live.LiveWay;
import dev.backfleet.benchmark.postgres.Application;
import dev.backfleet.benchmark.postgres.Backfill;
import dev.backfleet.benchmark.postgres.FleetBackfill;
import dev.backfleet.benchmark.postgres.FleetRun;
import dev.backfleet.benchmark.postgres.LiveTable;
import dev.backfleet.benchmark.postgres.ServerBackfills;
import dev.backfleet.benchmark.postgres.ThrottleTerms;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.standalone.stack.LocalStack;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/** Measures the application beside one way after the other, on the same table, and keeps what came of it. */
final class LiveContest {
    private static final int WORKERS = 2;

    /** How many times its p99 alone the application's p99 may be before it calls itself slowed down. */
    private static final double HEALTHY = 1.35;

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

    /** Restores the table and measures the application beside a way. */
    void measure(LiveWay way, int round) throws Exception {
        var measured = way.isBackfleet() ? besideFleet(way, round) : besideServer(way, round);
        comparison.add(measured);
        table.check().require(measured.backfill().complete());
        progress.accept(String.format(
                Locale.ROOT,
                "round %d: beside %s: p50 %.1f ms, p99 %.1f ms, max %.1f ms, %d errors; %,.0f rows/s for %.1f s",
                round,
                way.words(),
                measured.traffic().p50(),
                measured.traffic().p99(),
                measured.traffic().max(),
                measured.traffic().failed(),
                measured.backfill().rowsPerSecond(),
                measured.backfill().seconds()));
    }

    LiveReport report(int rounds) {
        return LiveReport.of(table.rows(), rounds, conditions.load().transactionsPerSecond(), comparison);
    }

    private LiveMeasurement besideServer(LiveWay way, int round) throws Exception {
        table.restore();
        return measure(way, round, inServer(way));
    }

    private LiveMeasurement besideFleet(LiveWay way, int round) throws Exception {
        try (var fleet = MeasuredFleet.start(stack, way.slug() + "-" + round, WORKERS)) {
            var run = new FleetRun(stack.jdbcUrl(), Sleeper.system());
            run.awaitWorkers(fleet.ids());
            run.warmUp();
            table.restore();
            return measure(
                    way,
                    round,
                    new FleetBackfill(
                            stack.jdbcUrl(),
                            "live-" + way.slug() + "-" + round,
                            limits(way, round),
                            way == LiveWay.THROTTLED ? conditions.settling() : Duration.ZERO));
        }
    }

    // The same seed for each way of a round: the application asks for the same rows, as far as it is not aimed.
    private LiveMeasurement measure(LiveWay way, int round, Backfill backfill) throws Exception {
        try (var application = Application.start(stack.jdbcUrl(), table, backfill, conditions.load(), round)) {
            var changed = backfill.run(conditions.time(), application::measure);
            return new LiveMeasurement(way, round, application.end(), changed);
        }
    }

    private Backfill inServer(LiveWay way) throws SQLException {
        return switch (way) {
            case ALONE -> ServerBackfills.none(table.rows());
            case ONE_UPDATE -> ServerBackfills.oneUpdate(stack.jdbcUrl(), table.rows());
            case NULL_LOOP -> ServerBackfills.nullLoop(stack.jdbcUrl(), table.rows());
            case FULL_SPEED, FIXED_RATE, THROTTLED -> throw new IllegalArgumentException(way + " needs a fleet");
        };
    }

    private String limits(LiveWay way, int round) {
        var throttle = way == LiveWay.THROTTLED ? ThrottleTerms.healthyUpTo(healthy(round)) : ThrottleTerms.none();
        var rate = way == LiveWay.FIXED_RATE ? "rate: { rows-per-second: " + conditions.rate() + " }\n" : "";
        return conditions.batch() + rate + throttle;
    }

    private double healthy(int round) {
        return comparison
                .p99Alone(round)
                .map(alone -> alone * HEALTHY)
                .orElseThrow(() -> new IllegalArgumentException(
                        "who is to be throttled has to know what the application is alone: measure that before"));
    }

    /**
     * What can be chosen.
     *
     * @param time how long each way may go on
     * @param settling how long a throttled job goes on before it is measured
     * @param load what the application does
     * @param rate the rows per second of the fixed rate
     * @param batch what specs say of batches and slots, as lines of YAML
     */
    record Conditions(Duration time, Duration settling, Application.Load load, long rate, String batch) {}
}
