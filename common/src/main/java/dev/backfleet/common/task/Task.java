package dev.backfleet.common.task;

import dev.backfleet.common.job.ShardId;

/**
 * The permit to work on one shard now. It carries ids only, so that a forged one can do nothing that the job does not
 * already do.
 *
 * @param shard the shard to claim
 * @param dispatch the dispatch number under which the shard was DISPATCHED; a claim with another one is refused
 */
public record Task(ShardId shard, long dispatch) {}
