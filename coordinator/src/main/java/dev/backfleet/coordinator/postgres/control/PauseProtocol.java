package dev.backfleet.coordinator.postgres.control;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.job.PinStore;
import dev.backfleet.coordinator.postgres.job.SelfPausedJobStore;
import dev.backfleet.coordinator.postgres.shard.ShardStore;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * How a job is paused, resumed and cancelled, and how that no row can change any more is proven. It takes two
 * transactions: {@link #want} makes the job's state one in which no claim succeeds; {@link #prove} takes RUNNING from
 * every shard, and so waits for each batch that is under way. A claim that saw the old state has committed its shard's
 * row before, or finds it changed; a batch that did not make it finds itself fenced.
 *
 * <p>Each transaction locks the job's row first and decides by what is stored then: whatever else decides on the job's
 * state has committed, or waits. After it come the shards, in the order of their numbers. A worker locks a shard first
 * and then its job, but waits for less than the server's {@code deadlock_timeout}: it gives way.
 */
public final class PauseProtocol {
    private PauseProtocol() {}

    /** Moves a job to where a desired state can be reached from; in the transaction that stores the desired state. */
    static void want(Handle handle, long job, ControlRecord wish) {
        var jobs = new JobStore(handle);
        var state = jobs.lockUnlessPlanning(job);
        if (state.isEmpty()) {
            return; // unknown, or being planned: the plan looks for what is desired before it commits
        }
        var reason = reason(wish);
        switch (wish.state()) {
            case PAUSE -> {
                if (!jobs.move(job, Set.of(JobState.RUNNING), JobState.PAUSING, reason, null)) {
                    new SelfPausedJobStore(handle).overrule(job, reason);
                }
            }
            case RUN -> {
                if (!jobs.move(job, Set.of(JobState.PAUSING, JobState.PAUSED), JobState.RUNNING, null, null)) {
                    new PinStore(handle).resume(job);
                }
            }
            case CANCEL -> {
                // A job that waits for its plan has nothing under way yet.
                if (!jobs.move(job, Set.of(JobState.PLANNING), JobState.CANCELLED, reason, null)) {
                    jobs.move(
                            job,
                            Set.of(JobState.RUNNING, JobState.PAUSING, JobState.PAUSED, JobState.HALTED),
                            JobState.CANCELLING,
                            reason,
                            null);
                }
            }
        }
    }

    /** Takes the shards of a job that is to stop, and moves it to PAUSED or CANCELLED; what is then true. */
    public static Outcome prove(Handle handle, long job) {
        if (handle.isInTransaction()) {
            throw new IllegalStateException("the state before must be committed, and what follows must be at once");
        }
        var before = new JobStore(handle).state(job);
        if (before.filter(PauseProtocol::stops).isEmpty()) {
            return new Outcome(before, false);
        }
        // This one waits for the batches without holding the job's row, which a worker may need to end its batch.
        new ShardStore(handle).takeBack(Optional.of(job));
        return handle.inTransaction(locked -> proveLocked(locked, job));
    }

    private static Outcome proveLocked(Handle handle, long job) {
        var jobs = new JobStore(handle);
        var state = jobs.lock(job);
        if (state.filter(PauseProtocol::stops).isEmpty()) {
            return new Outcome(state, false);
        }
        // A resume and another pause may have come in between, and claims with them.
        new ShardStore(handle).takeBack(Optional.of(job));
        var stopped = state.get();
        if (stopped == JobState.HALTED) {
            return new Outcome(state, false);
        }
        var to = stopped == JobState.PAUSING ? JobState.PAUSED : JobState.CANCELLED;
        return new Outcome(Optional.of(to), jobs.move(job, Set.of(stopped), to, null, null));
    }

    private static boolean stops(JobState state) {
        return state == JobState.PAUSING || state == JobState.CANCELLING || state == JobState.HALTED;
    }

    private static String reason(ControlRecord wish) {
        var verb = wish.state() == DesiredState.PAUSE ? "paused" : "cancelled";
        var by = wish.by() == null ? "over the control topic" : "by " + wish.by();
        return verb + " " + by + (wish.reason() == null ? "" : ": " + wish.reason());
    }

    /**
     * What came of a proof.
     *
     * @param state the job's state; nothing if there is no such job
     * @param moved whether the proof moved the job there
     */
    record Outcome(Optional<JobState> state, boolean moved) {}
}
