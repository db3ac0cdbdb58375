package dev.backfleet.coordinator.duty;

/**
 * Converts a limit in bytes of WAL per second into rows per second, by the measured WAL of a row. A rise takes effect at
 * once, because replication lags otherwise; a fall takes effect slowly. An immutable value.
 *
 * @param bytesPerRow the bytes of WAL that changing a row writes
 */
public record WalCostEstimate(double bytesPerRow) {
    private static final double UNMEASURED = 1024;
    private static final double WEIGHT_OF_A_FALL = 0.25;

    /** Before anything was measured. */
    public static final WalCostEstimate START = new WalCostEstimate(UNMEASURED);

    /** The rows per second of a limit, before anything was measured. */
    public static double firstGuess(long bytesPerSecond) {
        return START.rows(bytesPerSecond);
    }

    /** The estimate after a measurement: so many rows were changed, and so many bytes of WAL were written. */
    public WalCostEstimate measured(long rows, long bytes) {
        if (rows <= 0 || bytes < 0) {
            return this;
        }
        var now = (double) bytes / rows;
        return new WalCostEstimate(now >= bytesPerRow ? now : bytesPerRow + (now - bytesPerRow) * WEIGHT_OF_A_FALL);
    }

    /** The rows per second of a limit; at least one, so that there is something to measure. */
    public double rows(long bytesPerSecond) {
        return Math.max(1, bytesPerSecond / Math.max(1, bytesPerRow));
    }
}
