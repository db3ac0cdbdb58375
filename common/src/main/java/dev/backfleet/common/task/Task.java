package dev.backfleet.common.task;

import dev.backfleet.common.job.ShardId;

/**
 * The permission to work on one shard now. It carries ids only, so that a forged task cannot cause anything that the
 * job does not do anyway.
 *
 * @param target the database that the shard is in
 * @param shard the shard to claim
 * @param dispatch the dispatch number under which the shard was DISPATCHED; a claim with another number fails
 */
public record Task(Target target, ShardId shard, long dispatch) {

    /** A task for the default target. */
    public Task(ShardId shard, long dispatch) {
        this(Target.DEFAULT, shard, dispatch);
    }
}
