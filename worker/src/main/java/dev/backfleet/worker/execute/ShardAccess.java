package dev.backfleet.worker.execute;

/**
 * How a slot reaches the database.
 *
 * @param leases the leases on shards, on the primary
 * @param ranges the work on a shard's rows
 */
public record ShardAccess(ShardLeases leases, RangeWorker ranges) {}
