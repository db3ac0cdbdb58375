package dev.backfleet.worker.shard;

import dev.backfleet.common.job.Cursor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What to do next with a shard. */
public sealed interface Step {

    /**
     * Change the next rows and move the checkpoint.
     *
     * @param cursor the checkpoint as the worker remembers it; the fence checks it
     * @param rows how many rows to scan
     * @param timeout how long the batch may take; null: as long as every batch
     */
    record Batch(Cursor cursor, int rows, @Nullable Duration timeout) implements Step {

        /** With the time limit of every batch. */
        public Batch(Cursor cursor, int rows) {
            this(cursor, rows, null);
        }
    }

    /**
     * Quarantine the next row, because the database rejects it, and move the checkpoint past it.
     *
     * @param cursor the checkpoint as the worker remembers it; the fence checks it
     * @param failure why the row is rejected
     */
    record Quarantine(Cursor cursor, Failure failure) implements Step {}

    /**
     * Reserve rows of the job's rate.
     *
     * @param rows how many
     * @param debt how many were changed beyond the last reservation, and are charged with this one; negative: a refund
     */
    record Reserve(double rows, double debt) implements Step {}

    /** Read the checkpoint from PostgreSQL, because it is unknown whether the last batch was committed. */
    record ReadBack() implements Step {}

    /** Extend the lease. */
    record Renew() implements Step {}

    /**
     * Do nothing for a while, then ask again.
     *
     * @param duration how long, at most
     */
    record Wait(Duration duration) implements Step {}

    /**
     * The run is over.
     *
     * @param outcome how it ended, and what is still to be stored about it
     */
    record End(RunOutcome outcome) implements Step {}
}
