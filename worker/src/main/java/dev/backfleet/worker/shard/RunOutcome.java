package dev.backfleet.worker.shard;

import java.time.Duration;

/** How a run of a shard ended, and what is still to be stored about it. */
public sealed interface RunOutcome {

    /** The last batch reached the upper bound, and has stored that itself. */
    record Done() implements RunOutcome {}

    /**
     * The shard is given back.
     *
     * @param reason why
     * @param delay how long it must not be dispatched again
     */
    record GiveBack(Reason reason, Duration delay) implements RunOutcome {}

    /** Why a shard is given back. */
    enum Reason {
        /** The time slice is over, or the worker shuts down. */
        YIELDED,
        /** Control stops the job, or the control topic is unreachable. */
        STOPPED
    }

    /**
     * The shard did not advance, and is given back: other transactions hold its rows, or the database or
     * the standby on which rows are read is unreachable.
     *
     * @param delay how long it must not be dispatched again
     * @param failure the last of the failures in a row
     */
    record Stuck(Duration delay, Failure failure) implements RunOutcome {}

    /** The lease is lost: another worker has a newer epoch, or the shard is no longer RUNNING. Nothing is left to do. */
    record LeaseLost() implements RunOutcome {}

    /**
     * The job is no longer RUNNING; the statement that found this has given the shard back.
     *
     * @param budgetSpent whether that statement halted the job, because its error budget is spent
     */
    record JobStopped(boolean budgetSpent) implements RunOutcome {}

    /** The shard cannot continue. */
    record Fail(Failure failure) implements RunOutcome {}

    /** The whole job has to pause: the server cannot take its writes now. */
    record PauseJob(Failure failure) implements RunOutcome {}

    /** The whole job has to halt: the table no longer matches the definition that the job is pinned to. */
    record HaltJob(Failure failure) implements RunOutcome {}
}
