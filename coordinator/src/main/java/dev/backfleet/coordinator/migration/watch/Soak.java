package dev.backfleet.coordinator.migration.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a signal was within a sliding time: means of equal parts of it, of which the median is the baseline. A short disturbance is in few
 * parts, and so does not move it.
 *
 * @param parts the means of the parts that are over, the oldest first
 * @param sum of the values in the part that is not over
 * @param looks how many these are
 * @param began when that part began
 */
public record Soak(List<Double> parts, double sum, int looks, Instant began) {
    private static final int MOST = 60;

    /** Nothing was measured yet. */
    public static final Soak EMPTY = new Soak(List.of(), 0, 0, Instant.EPOCH);

    public Soak {
        parts = List.copyOf(parts);
    }

    /** The same with one more value. */
    Soak add(Instant at, double value, Duration length) {
        if (looks == 0) {
            return new Soak(parts, value, 1, at);
        }
        if (Duration.between(began, at).compareTo(length.dividedBy(MOST)) < 0) {
            return new Soak(parts, sum + value, looks + 1, began);
        }
        var more = new ArrayList<>(parts.subList(Math.max(0, parts.size() + 2 - MOST), parts.size()));
        more.add(sum / looks);
        return new Soak(more, value, 1, at);
    }

    /** The median of all parts; nothing if nothing was measured. */
    OptionalDouble median() {
        var all = new ArrayList<>(parts);
        if (looks > 0) {
            all.add(sum / looks);
        }
        if (all.isEmpty()) {
            return OptionalDouble.empty();
        }
        all.sort(null);
        var middle = all.size() / 2;
        return OptionalDouble.of(all.size() % 2 == 1 ? all.get(middle) : (all.get(middle - 1) + all.get(middle)) / 2);
    }
}
