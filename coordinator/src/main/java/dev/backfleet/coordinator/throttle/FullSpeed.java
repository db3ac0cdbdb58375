package dev.backfleet.coordinator.throttle;

/**
 * The speed of a job while it is not throttled. If the job has no limit, its factor is a share of this speed.
 *
 * @param rows per second, as measured
 * @param slots that worked on it at that time
 */
public record FullSpeed(double rows, double slots) {

    /** The weight of an older measurement falls with each round: to a half after a minute. */
    private static final double FADING = 0.988;

    /** The full speed after one more measurement; a moment in which few slots worked hardly lowers it. */
    FullSpeed seen(double rowsPerSecond, int running) {
        return new FullSpeed(Math.max(rowsPerSecond, rows * FADING), Math.max(running, Math.max(1, slots * FADING)));
    }
}
