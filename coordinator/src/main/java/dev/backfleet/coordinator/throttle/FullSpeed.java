package dev.backfleet.coordinator.throttle;

/**
 * What a job does while nothing holds it back: what its factor is a share of, if it has no limit.
 *
 * @param rows per second, as measured
 * @param slots that worked on it then
 */
public record FullSpeed(double rows, double slots) {

    /** What was seen long ago counts for less: after a minute, half of it. */
    private static final double FADING = 0.988;

    /** With one more look at the job; a moment in which few slots happened to work does not make it slow. */
    FullSpeed seen(double rowsPerSecond, int running) {
        return new FullSpeed(Math.max(rowsPerSecond, rows * FADING), Math.max(running, Math.max(1, slots * FADING)));
    }
}
