package dev.backfleet.worker.shard;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * The limits of a slot that works on a shard, as PostgreSQL's last answer had them: operators can change them at any time.
 *
 * @param rowsPerSecond how many rows of the job the whole fleet may change; empty: no limit
 * @param slots how many of the fleet's slots work on the job, this one included
 * @param batchDuration how long a batch is to take
 * @param wanted whether the job may be worked on in this slot: its time window is open, and its concurrency was not
 *     lowered below what it has
 */
public record SlotLimits(OptionalDouble rowsPerSecond, int slots, Duration batchDuration, boolean wanted) {

    /** The share of a second's rows that the batches of all slots may have together, even if all of them commit at one moment. */
    private static final double BURST = 0.1;

    /** Whether rows must be reserved before they are changed. */
    public boolean limited() {
        return rowsPerSecond.isPresent();
    }

    /** The most rows that a batch may scan, so that the batches of all slots together are small compared to the limit. */
    public int largestBatch() {
        if (rowsPerSecond.isEmpty()) {
            return Integer.MAX_VALUE;
        }
        var rows = rowsPerSecond.getAsDouble() * BURST / Math.max(1, slots);
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, rows));
    }
}
