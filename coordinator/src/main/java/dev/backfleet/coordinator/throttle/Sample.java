package dev.backfleet.coordinator.throttle;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.throttle.Signal;
import org.jspecify.annotations.Nullable;

/**
 * One measurement of a signal.
 *
 * @param signal its name
 * @param measure what it is measured in
 * @param value in the measure's unit; null: it could not be read
 * @param note why it could not be read, or a remark
 */
public record Sample(
        String signal,
        Measure measure,
        @Nullable Double value,
        @Nullable String note) {

    public static Sample of(Signal signal, double value) {
        return new Sample(signal.key(), signal.measure(), value, null);
    }

    /** A signal that could not be read. */
    public static Sample unreadable(Signal signal, String why) {
        return new Sample(signal.key(), signal.measure(), null, why);
    }
}
