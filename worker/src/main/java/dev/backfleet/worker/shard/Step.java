package dev.backfleet.worker.shard;

import dev.backfleet.common.job.Cursor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a run of a shard wants done next. */
public sealed interface Step {

    /**
     * Change the next rows and move the checkpoint.
     *
     * @param cursor where the checkpoint is believed to be; the fence checks it
     * @param rows how many rows to walk
     * @param timeout how long it may take; null: as long as every batch
     */
    record Batch(Cursor cursor, int rows, @Nullable Duration timeout) implements Step {

        /** With the time that every batch has. */
        public Batch(Cursor cursor, int rows) {
            this(cursor, rows, null);
        }
    }

    /**
     * Put the next row into quarantine, because the database refuses it, and move the checkpoint past it.
     *
     * @param cursor where the checkpoint is believed to be; the fence checks it
     * @param failure why it is refused
     */
    record Quarantine(Cursor cursor, Failure failure) implements Step {}

    /**
     * Ask for the right to change rows within the job's rate.
     *
     * @param rows how many
     * @param owed how many are still to be paid for from before; below zero if too many were
     */
    record Reserve(double rows, double owed) implements Step {}

    /** Read the checkpoint from PostgreSQL, because nobody knows whether the last batch was committed. */
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
     * @param ending how, and what is left to do about it
     */
    record End(RunOutcome ending) implements Step {}
}
