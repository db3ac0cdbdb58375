package dev.backfleet.coordinator.command;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import java.time.Instant;
import java.util.Optional;

/** Puts wishes into effect in the control schema. */
public interface ControlStore {

    /**
     * Stores a wish and moves the job to where it can be fulfilled from: PAUSING, CANCELLING, RUNNING.
     *
     * @param position where it stands on the control topic; nothing if it could not be published
     * @return false if a newer wish was stored already; then nothing was done
     */
    boolean apply(Scope scope, ControlRecord wish, Optional<ControlPosition> position);

    /** Takes RUNNING from the scope's shards, and waits for the batches under way; then no row of it can change. */
    void quiet(Scope scope);

    /** A job's state. */
    Optional<JobState> state(long job);

    /** When the scope's last batch was committed, by the database's clock. */
    Optional<Instant> lastBatch(Scope scope);
}
