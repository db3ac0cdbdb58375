package dev.backfleet.worker.shard;

import dev.backfleet.common.job.JobDefinition;
import java.time.Duration;

/**
 * Decides how many rows the next batch scans, so that a batch takes about as long as the spec says: the size grows by at
 * most a half, shrinks at once, and halves after a failure. An immutable value.
 *
 * @param target how long a batch is to take
 * @param max the most rows a batch may scan
 * @param rows the size of the next batch, in rows
 */
public record BatchSizer(Duration target, int max, int rows) {
    private static final int FIRST = 500;
    // It holds no row that others wait for.
    private static final int FIRST_OF_READER = 5_000;

    /** For a table that is not known yet. */
    public static BatchSizer starting(Duration target, int max) {
        return new BatchSizer(target, max, Math.min(FIRST, max));
    }

    /** The same for a job. */
    public static BatchSizer starting(JobDefinition job) {
        return job.work().changesRows()
                ? starting(job.batchDuration(), job.mostRowsOfBatch())
                : new BatchSizer(
                        job.batchDuration(), job.batchMaxRows(), Math.min(FIRST_OF_READER, job.batchMaxRows()));
    }

    /**
     * After a batch that was committed.
     *
     * @param walked how many rows it scanned; a short last batch of a shard says nothing about the size, which stays
     * @param took how long it took, the round trip included
     */
    public BatchSizer committed(long walked, Duration took) {
        if (walked < rows) {
            return took.compareTo(target) > 0 ? withRows(fitting(walked, took)) : this;
        }
        return withRows(Math.min(fitting(walked, took), rows + rows / 2 + 1));
    }

    /** After a batch that was rolled back because of locks, or because it was too slow. */
    public BatchSizer failed() {
        return withRows(rows / 2);
    }

    /** Aiming at another duration: the size changes in proportion. */
    public BatchSizer aimingAt(Duration duration) {
        if (duration.equals(target)) {
            return this;
        }
        var scaled = new BatchSizer(duration, max, rows);
        return scaled.withRows((long) (rows * (duration.toNanos() / (double) target.toNanos())));
    }

    /** With batches of at most {@code limit} rows. */
    public BatchSizer atMost(int limit) {
        return limit >= rows ? this : withRows(limit);
    }

    private long fitting(long walked, Duration took) {
        return walked * target.toNanos() / Math.max(1, took.toNanos());
    }

    private BatchSizer withRows(long wanted) {
        return new BatchSizer(target, max, (int) Math.max(1, Math.min(max, wanted)));
    }
}
