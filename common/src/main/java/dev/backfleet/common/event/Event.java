package dev.backfleet.common.event;

import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.job.Target;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a shard. On the events topic as JSON, keyed by job; losing one does no harm.
 *
 * @param target the database that the shard is in
 * @param type what happened
 * @param shard to which shard
 * @param epoch under which fencing number
 * @param worker who did it
 * @param rows how many rows were changed since the last report of this claim, by however many batches
 * @param batches how many batches are added up
 * @param error the SQLSTATE of a failure, without row values
 * @param at when, by the worker's clock
 */
public record Event(
        Target target,
        Type type,
        ShardId shard,
        long epoch,
        String worker,
        long rows,
        long batches,
        @Nullable String error,
        Instant at) {

    /** What can happen to a shard. */
    public enum Type {
        /** A worker claimed it. */
        CLAIMED,
        /** Batches were committed since the last report. */
        BATCHES,
        /** The slice ended, or the worker is stopping: the shard was given back. */
        YIELDED,
        /** Control said stop: the shard was given back. */
        STOPPED,
        /** The cursor reached the upper bound. */
        DONE,
        /** The database refused a row. */
        FAILED,
        /** The worker found that the shard was no longer its own. */
        FENCED
    }
}
