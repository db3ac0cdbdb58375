package dev.backfleet.coordinator.forecast;

/**
 * What a job does beside its batches.
 *
 * @param shards into how many shards its table is cut
 * @param searched whether the table is searched after the last batch for rows that were left out, as with a condition
 * @param passes in how many passes each shard is walked over
 */
public record JobShape(long shards, boolean searched, int passes) {

    /** Of a job that walks in one pass. */
    public JobShape(long shards, boolean searched) {
        this(shards, searched, 1);
    }
}
