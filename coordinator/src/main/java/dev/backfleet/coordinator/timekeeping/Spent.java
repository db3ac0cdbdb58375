package dev.backfleet.coordinator.timekeeping;

/**
 * What time was spent on.
 *
 * @param signal the signal that throttled the job; empty for any other cause
 */
public record Spent(TimeCause cause, String signal) {

    public static Spent on(TimeCause cause) {
        return new Spent(cause, "");
    }
}
