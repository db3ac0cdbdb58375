package dev.backfleet.worker.execute;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Reservation;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a worker asks of PostgreSQL about shards. Every write is guarded by the claim's epoch. */
public interface ShardStore {

    /**
     * Wins the shard: a new, higher epoch, lease set. Nothing if it is not to be had: finished, leased, paused, unknown, or
     * dispatched anew since.
     *
     * @throws RefusedException if the database refuses or cannot be reached
     */
    Optional<Claim> claim(Task task);

    /**
     * One batch. Nothing if the fence did not hold: then nothing was changed.
     *
     * @throws RefusedException if the database refuses or cannot be reached
     */
    Optional<BatchResult> batch(Claim claim, Step.Batch batch);

    /**
     * Puts the next row into quarantine and moves the checkpoint past it. Nothing if the fence did not hold. Halts the
     * job if its error budget is spent.
     *
     * @throws RefusedException if the database refuses or cannot be reached
     */
    Optional<QuarantineResult> quarantine(Claim claim, Step.Quarantine row);

    /**
     * Asks for the right to change rows within the job's rate, which all slots of the fleet share.
     *
     * @throws RefusedException if the database refuses or cannot be reached
     */
    Reservation reserve(Claim claim, Step.Reserve request);

    /**
     * Pays what a run still owes, or takes back what it has not used.
     *
     * @param rows how many; below zero if too many were paid for
     * @throws RefusedException if the database refuses or cannot be reached
     */
    void settle(Claim claim, double rows);

    /**
     * Extends the lease; false if the shard is no longer this worker's.
     *
     * @throws RefusedException if the database refuses or cannot be reached
     */
    boolean renew(Claim claim);

    /**
     * What PostgreSQL knows of the claim.
     *
     * @throws RefusedException if the database refuses or cannot be reached
     */
    Standing readBack(Claim claim);

    /**
     * Gives the shard back, if it is still this worker's.
     *
     * @throws RefusedException if the database refuses or cannot be reached
     */
    void giveBack(Claim claim, Duration delay);

    /**
     * Ends the shard as FAILED, if it is still this worker's.
     *
     * @throws RefusedException if the database refuses or cannot be reached
     */
    void fail(Claim claim, Failure failure);

    /**
     * Gives the shard back and asks the job to pause.
     *
     * @throws RefusedException if the database refuses or cannot be reached
     */
    void pauseJob(Claim claim, Failure failure);

    /**
     * Gives the shard back and halts the job.
     *
     * @throws RefusedException if the database refuses or cannot be reached
     */
    void haltJob(Claim claim, Failure failure);

    /**
     * Whether rows of a tenant may be in what is left of the shard; false for what the tenant column cannot hold.
     *
     * @param tenant its value as text, as somebody wrote it
     * @throws RefusedException if the database refuses or cannot be reached
     */
    boolean reaches(Claim claim, String tenant);

    /** Where a claim stands. */
    sealed interface Standing {

        /**
         * The shard is still this worker's.
         *
         * @param cursor the stored checkpoint
         */
        record Held(Cursor cursor) implements Standing {}

        /** The shard is somebody else's, or its job was stopped. */
        record Lost() implements Standing {}

        /**
         * The shard is still this worker's, but the table is no longer the pinned one.
         *
         * @param failure what is different
         */
        record Changed(Failure failure) implements Standing {}
    }

    /** The database refused, or could not be reached. */
    final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial") // never serialized
        private final Failure failure;

        /** Creates the exception. */
        public RefusedException(Failure failure, @Nullable Throwable cause) {
            super(failure.code() + ": " + failure.message(), cause);
            this.failure = failure;
        }

        /** What the refusal means. */
        public Failure failure() {
            return failure;
        }
    }
}
