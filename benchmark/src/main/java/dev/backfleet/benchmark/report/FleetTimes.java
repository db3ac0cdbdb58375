package dev.backfleet.benchmark.report;

/**
 * Where a job's time went, in seconds since its submission.
 *
 * @param way with how many workers and slots
 * @param round in which round, from 1
 * @param running until the job was planned
 * @param firstShard until the first shard was done
 * @param lastBatch until the last batch was committed: what the ratios are made from
 * @param finished until the job was SUCCEEDED
 * @param rows rows changed
 * @param batches in how many batches
 */
public record FleetTimes(
        Way way,
        int round,
        double running,
        double firstShard,
        double lastBatch,
        double finished,
        long rows,
        long batches) {

    /** Rows per second from the end of planning to the last batch. */
    public double rowsPerSecondOnceRunning() {
        return rows / (lastBatch - running);
    }
}
