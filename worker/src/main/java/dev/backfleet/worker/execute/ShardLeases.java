package dev.backfleet.worker.execute;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.Reservation;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import java.util.Optional;

/**
 * The leases on shards, and what else a worker writes about a shard and its job: always on the primary. Every write is guarded
 * by the claim's epoch. Every method throws {@link StatementFailedException} if the database rejects the statement or is unreachable.
 */
public interface ShardLeases {

    /**
     * Claims a dispatched shard: it gets a new, higher epoch and a lease. Empty if the shard cannot be claimed: it is finished,
     * leased, paused, unknown, or was dispatched again since.
     */
    Optional<Claim> claim(Task task);

    /** Extends the lease; false if this worker no longer holds the shard. */
    boolean renew(Claim claim);

    /** What PostgreSQL knows of the claim. */
    ClaimStatus readBack(Claim claim);

    /**
     * Gives the shard back, if this worker still holds it.
     *
     * @param delay how long it must not be dispatched again
     */
    void giveBack(Claim claim, Duration delay);

    /**
     * Gives the shard back because it did not advance, if this worker still holds it, and says so in the job's status.
     *
     * @param delay how long it must not be dispatched again
     * @param failure the last of the failures in a row
     */
    void putBack(Claim claim, Duration delay, Failure failure);

    /** Moves the shard to FAILED, if this worker still holds it. */
    void fail(Claim claim, Failure failure);

    /** Gives the shard back and moves the job to PAUSING, if this worker still holds the shard. */
    void pauseJob(Claim claim, Failure failure);

    /** Gives the shard back and moves the job to HALTED, if this worker still holds the shard. */
    void haltJob(Claim claim, Failure failure);

    /** Reserves rows of the job's rate, which all slots of the fleet share. */
    Reservation reserve(Claim claim, Step.Reserve request);

    /**
     * Charges rows to the job's rate that were changed beyond what was reserved, or refunds reserved rows that were not.
     *
     * @param rows how many; negative: a refund
     */
    void settle(Claim claim, double rows);

    /** What PostgreSQL knows of a claim. */
    sealed interface ClaimStatus {

        /**
         * This worker still holds the shard.
         *
         * @param cursor the stored checkpoint
         */
        record Held(Cursor cursor) implements ClaimStatus {}

        /** The lease is lost: another worker claimed the shard, or its job was stopped. */
        record Lost() implements ClaimStatus {}

        /**
         * This worker still holds the shard, but the table no longer matches the definition that the job is pinned to.
         *
         * @param failure what is different
         */
        record Changed(Failure failure) implements ClaimStatus {}
    }
}
