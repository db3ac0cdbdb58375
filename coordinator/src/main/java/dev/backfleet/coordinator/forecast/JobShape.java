package dev.backfleet.coordinator.forecast;

/**
 * What a job does beside its batches.
 *
 * @param shards into how many shards its table is cut
 * @param searched whether the table is searched after the last batch for rows that were left out, as with a condition
 */
public record JobShape(long shards, boolean searched) {}
