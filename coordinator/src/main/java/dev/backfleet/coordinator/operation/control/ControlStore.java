package dev.backfleet.coordinator.operation.control;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.Actor;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Stores desired states in the control schema, and puts them into effect. */
public interface ControlStore {

    /**
     * Stores a record of the control topic and moves the job to PAUSING, CANCELLING or RUNNING. A record that no command has
     * stored before is audited in the same transaction, under the name that the record claims.
     *
     * @param position the record's position on the control topic; nothing if it could not be published
     * @return false if a newer record is already stored; then nothing was done
     */
    boolean apply(Scope scope, ControlRecord record, Optional<ControlPosition> position);

    /**
     * Stores the record of an operation, which is not on the control topic yet, moves the job as {@link #apply} does, and
     * audits it, in one transaction.
     *
     * @return when it was stored, by the database's clock; nothing if the job has ended, and nothing was done
     * @throws dev.backfleet.common.failure.ExplainedFailure if commits wait for a synchronous standby; nothing was done
     */
    Optional<Instant> request(Scope scope, ControlRecord record, Actor actor);

    /** Stores the position on the control topic of the record that was stored at a time: from then on older records are ignored. */
    void published(Scope scope, Instant storedAt, ControlPosition position);

    /** Revokes the scope's shards, which waits for the batches under way; returns what is true after that. */
    Proof prove(Scope scope);

    /** When the scope's last batch was committed, by the database's clock. */
    Optional<Instant> lastBatch(Scope scope);

    /**
     * What holds rows of a scope still: pauses of the scope itself, of what it is part of, and of what it consists of. A
     * HALTED job, or one that paused itself, is among them.
     */
    List<Hold> holds(Scope scope);

    /**
     * A fleet, a job or a tenant that is not to run.
     *
     * @param scope what is held; a tenant as it was written
     * @param name the job's name; null for the fleet
     * @param by who said so; null if nobody did
     * @param since when it was said; null if it was not
     * @param reason why; null if no reason was given
     */
    record Hold(
            Scope scope,
            @Nullable String name,
            @Nullable String by,
            @Nullable Instant since,
            @Nullable String reason) {}

    /**
     * What is true after the shards were revoked.
     *
     * @param state the job's state; nothing for the fleet and for a tenant
     * @param wanted whether the desired state is still to stop; for a job, its state tells
     */
    record Proof(Optional<JobState> state, boolean wanted) {
        /** Whether no row of the scope can change. */
        public boolean holds() {
            return wanted && state.map(STOPPED::contains).orElse(true);
        }

        private static final Set<JobState> STOPPED =
                EnumSet.of(JobState.PAUSED, JobState.CANCELLED, JobState.HALTED, JobState.SUCCEEDED, JobState.FAILED);
    }
}
