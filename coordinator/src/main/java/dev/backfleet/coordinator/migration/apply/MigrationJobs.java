package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The jobs of a migration: its backfill, and the reconciles of it. */
public interface MigrationJobs {

    /** Submits the backfill; returns its id. */
    long submit(Actor actor, Migration migration);

    /** Submits a reconcile of the backfill, or finds an unfinished one; returns its id. */
    long reconcile(Actor actor, Migration migration, long backfill);

    /** Has the reconcile of the backfill repeated as often, and by the condition, as the file says; does nothing if it is already. */
    void repeatReconcile(Actor actor, Migration migration, long backfill);

    /** How far a job is; nothing if it was pruned. */
    Optional<JobProgress> progress(long job);

    /** Whether the backfill's rows are all as they should be, by the condition of the file for a wrong row if it has one. */
    GateAnswer gate(Migration migration, long backfill);

    /**
     * How many rows hold in the new shape what the old one cannot say, as the last reconcile has counted them; nothing if none has
     * counted them.
     */
    Optional<NewOnly> newOnly(long backfill);

    /** Cancels the backfill if it is not finished, and ends the repetition of its reconcile; returns when no row changes any more. */
    void cancel(Actor actor, long backfill);

    /**
     * Rows that hold in the new shape what the old one cannot say.
     *
     * @param rows how many
     * @param begunAt when the reconcile began that has counted them
     */
    record NewOnly(long rows, Instant begunAt) {}

    /**
     * How far a job is.
     *
     * @param percent of its rows that were scanned
     * @param quarantined rows that PostgreSQL rejected
     * @param trouble what keeps it from going on, in one line; null: nothing
     */
    record JobProgress(
            long id,
            String name,
            JobState state,
            double percent,
            long quarantined,
            @Nullable String trouble) {}
}
