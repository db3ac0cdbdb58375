package dev.backfleet.benchmark;

import dev.backfleet.benchmark.fleet.MeasuredFleet;
import dev.backfleet.benchmark.postgres.Customers;
import dev.backfleet.benchmark.postgres.FleetRun;
import dev.backfleet.benchmark.postgres.ServerWays;
import dev.backfleet.benchmark.report.Comparison;
import dev.backfleet.benchmark.report.ComparisonReport;
import dev.backfleet.benchmark.report.FleetTimes;
import dev.backfleet.benchmark.report.Measurement;
import dev.backfleet.benchmark.report.Way;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.standalone.stack.LocalStack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Measures one way after the other on the same table, and stores the results. */
final class Contest {
    private final LocalStack stack;
    private final Customers customers;
    private final ServerWays serverWays;
    private final FleetRun fleetRun;
    private final boolean cold;
    private final Consumer<String> progress;
    private final Comparison comparison = new Comparison();
    private final List<FleetTimes> times = new ArrayList<>();
    private long peakResidentBytes;

    Contest(LocalStack stack, Customers customers, Conditions conditions, Consumer<String> progress) {
        this.stack = stack;
        this.customers = customers;
        this.serverWays = new ServerWays(stack.jdbcUrl(), customers.rows(), conditions.nullLoopTimeout());
        this.cold = conditions.coldFleet();
        this.fleetRun = new FleetRun(stack.jdbcUrl(), Sleeper.system());
        this.progress = progress;
    }

    /** Restores the table and changes it in a way. */
    void measure(Way way, int round) throws Exception {
        var measured = way.isBackfleet() ? fleet(way, round) : server(way, round);
        progress.accept(String.format(
                Locale.ROOT,
                "round %d: %s: %,.0f rows/s, %.2f s",
                round,
                way.words(),
                measured.rowsPerSecond(),
                measured.seconds()));
        if (way != Way.NULL_LOOP) {
            requireComplete(way);
        }
        comparison.add(measured);
    }

    ComparisonReport report(int rounds) {
        return ComparisonReport.of(customers.rows(), rounds, comparison, times, peakResidentBytes);
    }

    private Measurement server(Way way, int round) throws Exception {
        customers.restore();
        return serverWays.measure(way, round);
    }

    // The fleet first: what its start costs, and what it writes then, comes before the table's checkpoint.
    private Measurement fleet(Way way, int round) throws Exception {
        try (var fleet = MeasuredFleet.start(stack, way, round)) {
            fleetRun.awaitWorkers(fleet.ids());
            if (!cold) {
                fleetRun.warmUp();
            }
            customers.restore();
            var measured = fleetRun.measure(way, round, times::add);
            peakResidentBytes = Math.max(peakResidentBytes, fleet.peakResidentBytes());
            return measured;
        }
    }

    // A measurement of a way that misses rows is invalid.
    private void requireComplete(Way way) throws Exception {
        var missing = customers.missing();
        if (missing > 0) {
            throw new IllegalStateException(way + " missed " + missing + " rows");
        }
    }

    /**
     * What can be chosen.
     *
     * @param nullLoopTimeout when the loop over IS NULL is ended
     * @param coldFleet whether the fleet's first job is the one that is measured
     */
    record Conditions(Duration nullLoopTimeout, boolean coldFleet) {}
}
