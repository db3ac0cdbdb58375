package dev.backfleet.benchmark.report;

/**
 * The phases of a job, in seconds since its submission.
 *
 * @param way the number of workers and slots
 * @param round the round, from 1
 * @param running until the job was planned
 * @param firstShard until the first shard was done
 * @param lastBatch until the last batch was committed; the ratios use this time
 * @param finished until the job was SUCCEEDED
 * @param rows rows changed
 * @param batches number of batches
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
