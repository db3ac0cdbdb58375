package dev.backfleet.benchmark.report;

import java.util.stream.DoubleStream;

/**
 * What several rounds have in common, and how far they lie apart.
 *
 * @param median the middle one; of an even number, the mean of the middle two
 * @param min the least
 * @param max the greatest
 */
public record Spread(double median, double min, double max) {

    /**
     * Of some values.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Spread of(DoubleStream values) {
        var sorted = values.sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("no values");
        }
        var upper = sorted[sorted.length / 2];
        var lower = sorted[(sorted.length - 1) / 2];
        return new Spread((lower + upper) / 2, sorted[0], sorted[sorted.length - 1]);
    }
}
