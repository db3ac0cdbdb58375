package dev.backfleet.common.task;

import dev.backfleet.common.job.ShardId;
import org.jspecify.annotations.Nullable;

/**
 * The permission to work on one shard now. It carries ids only, so that a forged task cannot cause anything that the
 * job does not do anyway.
 *
 * @param target the database that the shard is in
 * @param shard the shard to claim
 * @param dispatch the dispatch number under which the shard was DISPATCHED; a claim with another number fails
 * @param traceparent names the span that has sent it; null: none is known; decides nothing
 */
public record Task(
        Target target,
        ShardId shard,
        long dispatch,
        @Nullable String traceparent) {

    /** A task of no trace. */
    public Task(Target target, ShardId shard, long dispatch) {
        this(target, shard, dispatch, null);
    }

    /** A task for the default target. */
    public Task(ShardId shard, long dispatch) {
        this(Target.DEFAULT, shard, dispatch);
    }

    /** The same task, sent by a span. */
    public Task sentBy(@Nullable String span) {
        return new Task(target, shard, dispatch, span);
    }
}
