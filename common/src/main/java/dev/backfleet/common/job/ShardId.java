package dev.backfleet.common.job;

/**
 * The identity of a shard.
 *
 * @param job the job's id
 * @param number the shard's number within its job, from 1; in key order when planned, shards that are split off later
 *     get higher numbers
 */
public record ShardId(long job, int number) {
    @Override
    public String toString() {
        return job + "/" + number;
    }
}
