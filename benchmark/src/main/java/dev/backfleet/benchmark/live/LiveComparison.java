package dev.backfleet.benchmark.live;

import dev.backfleet.benchmark.report.Spread;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** All measurements of one run, from which medians and bars follow. */
public final class LiveComparison {
    /** How many times the p99 of the application alone its p99 may be beside Backfleet at full speed. */
    static final double BAR_FULL_SPEED = 4;

    /** The same of Backfleet that is throttled by health. */
    static final double BAR_THROTTLED = 1.5;

    /** The same of a reconcile, which nobody waits for. */
    static final double BAR_RECONCILE = 1.1;

    /** The share of full speed that the job must keep then. */
    static final double BAR_SPEED_KEPT = 0.3;

    private final List<LiveMeasurement> measurements = new ArrayList<>();

    public void add(LiveMeasurement measurement) {
        measurements.add(measurement);
    }

    /** All of them, in their order. */
    List<LiveMeasurement> measurements() {
        return List.copyOf(measurements);
    }

    /** The ways that were measured, in the order of their first measurement. */
    List<LiveWay> ways() {
        var ways = new LinkedHashSet<LiveWay>();
        measurements.forEach(measurement -> ways.add(measurement.way()));
        return List.copyOf(ways);
    }

    /** A figure of a way over all rounds. */
    Spread spread(LiveWay way, ToDoubleFunction<LiveMeasurement> value) {
        return Spread.of(of(way).stream().mapToDouble(value));
    }

    /** How many of the application's transactions failed beside a way, in all rounds. */
    long failed(LiveWay way) {
        return of(way).stream().mapToLong(one -> one.traffic().failed()).sum();
    }

    /** What the application's users saw when there was nothing beside it, before each of all measurements. */
    Spread alone(ToDoubleFunction<Traffic> value) {
        return Spread.of(measurements.stream().map(LiveMeasurement::alone).mapToDouble(value));
    }

    /** How many of the application's transactions failed when there was nothing beside it. */
    long failedAlone() {
        return measurements.stream().mapToLong(one -> one.alone().failed()).sum();
    }

    /** The limits of the ways that were measured. */
    List<LiveBar> bars() {
        var bars = new ArrayList<LiveBar>();
        slowdownAtMost(BAR_FULL_SPEED, LiveWay.FULL_SPEED).ifPresent(bars::add);
        slowdownAtMost(BAR_THROTTLED, LiveWay.THROTTLED).ifPresent(bars::add);
        slowdownAtMost(BAR_RECONCILE, LiveWay.RECONCILE).ifPresent(bars::add);
        speedKept()
                .map(kept -> LiveBar.atLeast("rows/s / full speed", LiveWay.THROTTLED, kept, BAR_SPEED_KEPT))
                .ifPresent(bars::add);
        ways().stream()
                .filter(LiveWay::isJob)
                .map(way -> LiveBar.atMost(
                        "errors", way, spread(way, one -> one.traffic().failed()), 0))
                .forEach(bars::add);
        return List.copyOf(bars);
    }

    private Optional<LiveBar> slowdownAtMost(double bar, LiveWay way) {
        return ways().contains(way)
                ? Optional.of(LiveBar.atMost("p99 / p99 alone", way, spread(way, LiveMeasurement::slowdown), bar))
                : Optional.empty();
    }

    /** The share of its full speed that it has when it is throttled. */
    private Optional<Spread> speedKept() {
        var shares = new ArrayList<Double>();
        for (var throttled : of(LiveWay.THROTTLED)) {
            // Round by round, since a machine that is busy for a while is busy for both.
            of(LiveWay.FULL_SPEED).stream()
                    .filter(full -> full.round() == throttled.round())
                    .forEach(full -> shares.add(throttled.backfill().rowsPerSecond()
                            / full.backfill().rowsPerSecond()));
        }
        return shares.isEmpty()
                ? Optional.empty()
                : Optional.of(Spread.of(shares.stream().mapToDouble(Double::doubleValue)));
    }

    private List<LiveMeasurement> of(LiveWay way) {
        return measurements.stream().filter(one -> one.way() == way).toList();
    }
}
