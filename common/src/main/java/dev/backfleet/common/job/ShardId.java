package dev.backfleet.common.job;

/**
 * Which shard of which job.
 *
 * @param job the job's id
 * @param number the shard's number within its job, from 1; in key order as planned, those split off later at the end
 */
public record ShardId(long job, int number) {
    @Override
    public String toString() {
        return job + "/" + number;
    }
}
