package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationJobs.JobProgress;

/** Is told how far an apply is; for the screen. */
public interface ApplyProgress extends StepProgress {

    /** The migration has another state. */
    void moved(MigrationState state);

    /** A job of the migration is at work. */
    void job(JobProgress job);
}
