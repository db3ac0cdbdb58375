package dev.backfleet.coordinator.operation;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Puts wishes into effect in the control schema. */
public interface ControlStore {

    /**
     * Stores what the control topic says and moves the job to where it can be fulfilled from: PAUSING, CANCELLING, RUNNING.
     * What nobody had stored yet is audited in the same transaction, under the name that the record claims.
     *
     * @param position where it stands on the control topic; nothing if it could not be published
     * @return false if a newer wish was stored already; then nothing was done
     */
    boolean apply(Scope scope, ControlRecord wish, Optional<ControlPosition> position);

    /**
     * Stores what an operation says, which is not on the control topic yet, moves the job as {@link #apply} does, and audits
     * it, in one transaction.
     *
     * @return when it was said, by the database's clock; nothing if the job is over, and nothing was done
     */
    Optional<Instant> say(Scope scope, ControlRecord wish, Actor actor);

    /** Stores where what was said at a time stands on the control topic: older records count no more. */
    void published(Scope scope, Instant said, ControlPosition position);

    /** Takes RUNNING from the scope's shards, and waits for the batches under way; then says what is true. */
    Proof prove(Scope scope);

    /** When the scope's last batch was committed, by the database's clock. */
    Optional<Instant> lastBatch(Scope scope);

    /**
     * What is true after the shards were taken.
     *
     * @param state the job's state; nothing for the fleet and for a tenant
     * @param wanted whether the scope is still to stop; a job's state says so itself
     */
    record Proof(Optional<JobState> state, boolean wanted) {
        /** Whether no row of the scope can change. */
        public boolean holds() {
            return wanted && state.map(STILL::contains).orElse(true);
        }

        private static final Set<JobState> STILL =
                EnumSet.of(JobState.PAUSED, JobState.CANCELLED, JobState.HALTED, JobState.SUCCEEDED, JobState.FAILED);
    }
}
