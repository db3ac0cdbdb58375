package dev.backfleet.coordinator.postgres.control;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.job.PinStore;
import dev.backfleet.coordinator.postgres.shard.ShardStore;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * Pauses, resumes and cancels a job, and proves that no more rows can change. That takes two transactions: {@link #want}
 * moves the job to a state in which no claim succeeds; {@link #prove} revokes every shard, and so waits for each batch that is
 * under way. A claim that saw the old state has either committed its shard's row before, or finds the row changed; a batch that
 * comes later fails at its fence.
 *
 * <p>Each transaction locks the job's row first and decides by the state that is stored then: another transaction that decides
 * on the job's state has committed before, or waits. Then it locks the shards, in the order of their numbers. A worker locks a
 * shard first and then its job, but waits for less than the server's {@code deadlock_timeout}: in a conflict, the worker's
 * transaction ends.
 */
public final class PauseProtocol {
    private PauseProtocol() {}

    /** Stores the pause of a job in the transaction that stores the job: its plan reads the desired state before it commits. */
    public static void pauseFromTheStart(Handle handle, long job, ControlRecord record, Actor actor) {
        var repository = new ControlRepository(handle);
        repository.begin(job);
        repository.record(Scope.job(job), record, Optional.empty());
        new AuditStore(handle).controlled(Scope.job(job), actor, record, true);
    }

    /** Moves a job towards a desired state, in the transaction that stores the desired state. */
    static void want(Handle handle, long job, ControlRecord record) {
        var jobs = new JobStore(handle);
        var state = jobs.lockUnlessPlanning(job);
        if (state.isEmpty()) {
            return; // unknown, or being planned: the plan reads the desired state before it commits
        }
        var reason = reason(record);
        switch (record.state()) {
            case PAUSE -> {
                if (!jobs.setStateIfIn(job, Set.of(JobState.RUNNING), JobState.PAUSING, reason, null)) {
                    jobs.makePauseTheOperators(job, reason);
                }
            }
            case RUN -> {
                if (!jobs.setStateIfIn(job, Set.of(JobState.PAUSING, JobState.PAUSED), JobState.RUNNING, null, null)) {
                    new PinStore(handle).resume(job);
                }
            }
            case CANCEL -> {
                // A job that is not planned yet has no shards.
                if (!jobs.setStateIfIn(job, Set.of(JobState.PLANNING), JobState.CANCELLED, reason, null)) {
                    jobs.setStateIfIn(
                            job,
                            Set.of(JobState.RUNNING, JobState.PAUSING, JobState.PAUSED, JobState.HALTED),
                            JobState.CANCELLING,
                            reason,
                            null);
                }
            }
        }
    }

    /** Revokes the shards of a job that is to stop, and moves it to PAUSED or CANCELLED; returns what is true after that. */
    public static Outcome prove(Handle handle, long job) {
        if (handle.isInTransaction()) {
            throw new IllegalStateException(
                    "the proof needs transactions of its own: the desired state must be committed before");
        }
        var before = new JobStore(handle).state(job);
        if (before.filter(PauseProtocol::stops).isEmpty()) {
            return new Outcome(before, false);
        }
        // This statement waits for the batches without a lock on the job's row, which a worker may need to end its
        // batch.
        new ShardStore(handle).revoke(Optional.of(job));
        return handle.inTransaction(locked -> proveLocked(locked, job));
    }

    private static Outcome proveLocked(Handle handle, long job) {
        var jobs = new JobStore(handle);
        var state = jobs.lock(job);
        if (state.filter(PauseProtocol::stops).isEmpty()) {
            return new Outcome(state, false);
        }
        // A resume, claims and another pause may have come in between.
        new ShardStore(handle).revoke(Optional.of(job));
        var stopped = state.get();
        if (stopped == JobState.HALTED) {
            return new Outcome(state, false);
        }
        var to = stopped == JobState.PAUSING ? JobState.PAUSED : JobState.CANCELLED;
        return new Outcome(Optional.of(to), jobs.setStateIfIn(job, Set.of(stopped), to, null, null));
    }

    /** Revokes all shards, so that no more rows change if the fleet is paused; the first one to do so stores that. */
    static void proveFleet(Handle handle) {
        var control = new ControlRepository(handle);
        // Before the shards are revoked: a pause that is stored later is not proven by that.
        var pause = control.unprovenFleetPause();
        new ShardStore(handle).revoke(Optional.empty());
        pause.ifPresent(control::fleetPauseProven);
    }

    private static boolean stops(JobState state) {
        return state == JobState.PAUSING || state == JobState.CANCELLING || state == JobState.HALTED;
    }

    /** The reason of a stop, as the status shows it. */
    public static String reason(ControlRecord record) {
        var verb = record.state() == DesiredState.PAUSE ? "paused" : "cancelled";
        var by = record.by() == null ? "over the control topic" : "by " + record.by();
        return verb + " " + by + (record.reason() == null ? "" : ": " + record.reason());
    }

    /**
     * The result of a proof.
     *
     * @param state the job's state; nothing if there is no such job
     * @param moved whether the proof moved the job there
     */
    record Outcome(Optional<JobState> state, boolean moved) {}
}
