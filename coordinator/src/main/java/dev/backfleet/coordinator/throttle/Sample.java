package dev.backfleet.coordinator.throttle;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.throttle.Signal;
import org.jspecify.annotations.Nullable;

/**
 * What one look at a signal gave.
 *
 * @param signal its name
 * @param measure what it is measured in
 * @param value in the measure's unit; null: it could not be read
 * @param note why it could not be read, or what there is to say besides
 */
public record Sample(
        String signal,
        Measure measure,
        @Nullable Double value,
        @Nullable String note) {

    /** A value was read. */
    public static Sample of(Signal signal, double value) {
        return new Sample(signal.key(), signal.measure(), value, null);
    }

    /** Nothing could be read, and why. */
    public static Sample unreadable(Signal signal, String why) {
        return new Sample(signal.key(), signal.measure(), null, why);
    }
}
