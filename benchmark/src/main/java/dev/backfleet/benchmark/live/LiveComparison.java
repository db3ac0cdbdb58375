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

    /** The share of its full speed that it has to keep then. */
    static final double BAR_SPEED_KEPT = 0.3;

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
        slowdown(LiveWay.THROTTLED)
                .map(slowdown -> LiveBar.atMost("p99 / p99 alone", LiveWay.THROTTLED, slowdown, BAR_THROTTLED))
                .ifPresent(bars::add);
        quotient(LiveWay.THROTTLED, LiveWay.FULL_SPEED, one -> one.backfill().rowsPerSecond())
                .map(kept -> LiveBar.atLeast("rows/s / full speed", LiveWay.THROTTLED, kept, BAR_SPEED_KEPT))
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
        return quotient(way, LiveWay.ALONE, one -> one.traffic().p99());
    }

    /** The application's p99 in a round, in milliseconds, when it was alone. */
    public Optional<Double> p99Alone(int round) {
        return of(LiveWay.ALONE).stream()
                .filter(alone -> alone.round() == round)
                .map(alone -> alone.traffic().p99())
                .findFirst();
    }

    /** A figure of a way by that of another. */
    private Optional<Spread> quotient(LiveWay way, LiveWay by, ToDoubleFunction<LiveMeasurement> figure) {
        var quotients = new ArrayList<Double>();
        for (var one : of(way)) {
            // Round by round, since a machine that is busy for a while is busy for both.
            of(by).stream()
                    .filter(other -> other.round() == one.round())
                    .forEach(other -> quotients.add(figure.applyAsDouble(one) / figure.applyAsDouble(other)));
        }
        return quotients.isEmpty()
                ? Optional.empty()
                : Optional.of(Spread.of(quotients.stream().mapToDouble(Double::doubleValue)));
    }

    private List<LiveMeasurement> of(LiveWay way) {
        return measurements.stream().filter(one -> one.way() == way).toList();
    }
}
