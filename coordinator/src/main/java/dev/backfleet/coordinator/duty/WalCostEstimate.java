package dev.backfleet.coordinator.duty;

/**
 * Turns a limit in bytes of WAL per second into rows per second, by what a row was measured to cost. A rise is believed at
 * once, since it is the line that suffers; a fall slowly. An immutable value.
 *
 * @param bytesPerRow what changing a row writes
 */
public record WalCostEstimate(double bytesPerRow) {
    private static final double UNMEASURED = 1024;
    private static final double BELIEF_IN_LESS = 0.25;

    /** Before anything was measured. */
    public static final WalCostEstimate START = new WalCostEstimate(UNMEASURED);

    /** The rows per second that a limit comes to before anything was measured. */
    public static double firstGuess(long bytesPerSecond) {
        return START.rows(bytesPerSecond);
    }

    /** After a while in which so many rows were changed, and so much WAL was written for them. */
    public WalCostEstimate measured(long rows, long bytes) {
        if (rows <= 0 || bytes < 0) {
            return this;
        }
        var now = (double) bytes / rows;
        return new WalCostEstimate(now >= bytesPerRow ? now : bytesPerRow + (now - bytesPerRow) * BELIEF_IN_LESS);
    }

    /** The rows per second that a limit comes to; at least one, so that there is something to measure. */
    public double rows(long bytesPerSecond) {
        return Math.max(1, bytesPerSecond / Math.max(1, bytesPerRow));
    }
}
