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

    private final List<LiveMeasurement> measurements = new ArrayList<>();

    /** Adds one. */
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

    /** What a way did in all rounds. */
    Spread spread(LiveWay way, ToDoubleFunction<LiveMeasurement> value) {
        return Spread.of(of(way).stream().mapToDouble(value));
    }

    /** How many of the application's transactions failed beside a way, in all rounds. */
    long failed(LiveWay way) {
        return of(way).stream().mapToLong(one -> one.traffic().failed()).sum();
    }

    /** The bars of those ways that were measured. */
    List<LiveBar> bars() {
        var bars = new ArrayList<LiveBar>();
        slowdown(LiveWay.FULL_SPEED)
                .map(slowdown -> LiveBar.atMost("p99 / p99 alone", LiveWay.FULL_SPEED, slowdown, BAR_FULL_SPEED))
                .ifPresent(bars::add);
        ways().stream()
                .filter(LiveWay::isBackfleet)
                .map(way -> LiveBar.atMost(
                        "errors", way, spread(way, one -> one.traffic().failed()), 0))
                .forEach(bars::add);
        return List.copyOf(bars);
    }

    /** How many times the p99 of the application alone its p99 is beside a way. */
    Optional<Spread> slowdown(LiveWay way) {
        var quotients = new ArrayList<Double>();
        for (var one : of(way)) {
            // Round by round, since a machine that is busy for a while is busy for both.
            of(LiveWay.ALONE).stream()
                    .filter(alone -> alone.round() == one.round())
                    .forEach(alone ->
                            quotients.add(one.traffic().p99() / alone.traffic().p99()));
        }
        return quotients.isEmpty()
                ? Optional.empty()
                : Optional.of(Spread.of(quotients.stream().mapToDouble(Double::doubleValue)));
    }

    private List<LiveMeasurement> of(LiveWay way) {
        return measurements.stream().filter(one -> one.way() == way).toList();
    }
}
