package dev.backfleet.common.event;

import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.task.Target;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a shard. Published as JSON on the events topic, keyed by job. A lost event does no harm.
 *
 * @param target the database that the shard is in
 * @param type what happened
 * @param shard to which shard
 * @param epoch the fencing number of the claim
 * @param worker the worker's id
 * @param rows rows changed since this claim's last report
 * @param batches batches since this claim's last report
 * @param error the SQLSTATE of a failure, without row values
 * @param at the time, by the worker's clock
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

    /** The types of events. */
    public enum Type {
        /** A worker claimed it. */
        CLAIMED,
        /** Batches were committed since the last report. */
        BATCHES,
        /** The time slice ended or the worker is stopping: the shard was given back. */
        YIELDED,
        /** A pause or cancel was requested: the shard was given back. */
        STOPPED,
        /** The cursor reached the upper bound. */
        DONE,
        /** The shard became FAILED. */
        FAILED,
        /** The worker found that its claim is stale. */
        FENCED
    }
}
