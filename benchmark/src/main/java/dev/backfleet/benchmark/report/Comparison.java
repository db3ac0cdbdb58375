package dev.backfleet.benchmark.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** All measurements of one run, from which medians and ratios follow. */
public final class Comparison {

    /** The required speed of Backfleet relative to two loops without client and checkpoint. */
    static final double BAR_BESIDE_LOOPS = 0.85;

    /** The required speed of Backfleet relative to one UPDATE. */
    static final double BAR_BESIDE_UPDATE = 1.4;

    private final List<Measurement> measurements = new ArrayList<>();

    public void add(Measurement measurement) {
        measurements.add(measurement);
    }

    /** The ways that were measured, in the order of their first measurement. */
    public List<Way> ways() {
        var ways = new LinkedHashSet<Way>();
        measurements.forEach(measurement -> ways.add(measurement.way()));
        return List.copyOf(ways);
    }

    /** A figure of a way over all rounds. */
    public Spread spread(Way way, ToDoubleFunction<Measurement> value) {
        return Spread.of(measurements.stream()
                .filter(measurement -> measurement.way() == way)
                .mapToDouble(value));
    }

    /** The required ratios between the ways that were measured. */
    public List<Ratio> ratios() {
        var ratios = new ArrayList<Ratio>();
        for (var way : ways()) {
            if (way.isBackfleet()) {
                speed(way, Way.RANGE_LOOPS)
                        .map(speed -> Ratio.of(way, Way.RANGE_LOOPS, speed, BAR_BESIDE_LOOPS))
                        .ifPresent(ratios::add);
                speed(way, Way.ONE_UPDATE)
                        .map(speed -> Ratio.of(way, Way.ONE_UPDATE, speed, BAR_BESIDE_UPDATE))
                        .ifPresent(ratios::add);
            }
        }
        return List.copyOf(ratios);
    }

    // Round by round, since a machine that is busy for a while is busy for both.
    private Optional<Spread> speed(Way of, Way to) {
        var quotients = measurements.stream()
                .filter(measurement -> measurement.way() == of)
                .flatMap(
                        one -> find(to, one.round()).stream().map(other -> one.rowsPerSecond() / other.rowsPerSecond()))
                .toList();
        return quotients.isEmpty()
                ? Optional.empty()
                : Optional.of(Spread.of(quotients.stream().mapToDouble(Double::doubleValue)));
    }

    private Optional<Measurement> find(Way way, int round) {
        return measurements.stream()
                .filter(measurement -> measurement.way() == way && measurement.round() == round)
                .findFirst();
    }
}
