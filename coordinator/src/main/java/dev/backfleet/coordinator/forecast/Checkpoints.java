package dev.backfleet.coordinator.forecast;

import java.time.Duration;

/**
 * When the server begins a checkpoint: after each of them, the first change of a page logs the whole page.
 *
 * @param timeout the time after which it does ({@code checkpoint_timeout})
 * @param maxWalBytes the size that the write-ahead log may have ({@code max_wal_size})
 * @param completionTarget over which part of the time between two of them one is spread ({@code checkpoint_completion_target})
 * @param fullPages whether the first change of a page after one logs the whole page ({@code full_page_writes})
 */
public record Checkpoints(Duration timeout, long maxWalBytes, double completionTarget, boolean fullPages) {

    /** One that begins with less than this probability does not count. */
    private static final double UNLIKELY = 0.1;

    /** How many of them begin while a job writes, at most: by time, or by volume, whichever is more. The one before it counts. */
    double duringAtMost(double seconds, double walBytes) {
        var byTime = seconds / Math.max(1, BatchCost.seconds(timeout));
        // PostgreSQL begins one when the log since the last one, and that of the one before that is still kept, fill
        // max_wal_size.
        var byVolume = walBytes * (1 + completionTarget) / Math.max(1, maxWalBytes);
        return 1 + Math.max(0, Math.ceil(Math.max(byTime, byVolume) - UNLIKELY));
    }
}
