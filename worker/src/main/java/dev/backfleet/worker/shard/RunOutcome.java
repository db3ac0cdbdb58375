package dev.backfleet.worker.shard;

import java.time.Duration;

/** How a run of a shard ended, and what has to be told to PostgreSQL about it. */
public sealed interface RunOutcome {

    /** The last batch reached the upper bound; it has stored that itself. */
    record Done() implements RunOutcome {}

    /**
     * The shard is given back.
     *
     * @param why what made the worker give it back
     * @param delay how long nobody should take it again
     */
    record GiveBack(Why why, Duration delay) implements RunOutcome {}

    /** Why a shard is given back. */
    enum Why {
        /** The slice is over, or the worker shuts down. */
        YIELDED,
        /** Control said stop, or could not be heard. */
        STOPPED,
        /** The shard did not advance: others hold its rows, or the database is not to be reached. */
        STUCK
    }

    /** Somebody else has a newer epoch, or took RUNNING from the shard: there is nothing left to do. */
    record Fenced() implements RunOutcome {}

    /**
     * The job is RUNNING no more; the statement that found it out has given the shard back.
     *
     * @param budgetSpent whether it halted the job itself: too many rows are refused
     */
    record JobStopped(boolean budgetSpent) implements RunOutcome {}

    /** The shard cannot go on. */
    record Fail(Failure failure) implements RunOutcome {}

    /** The whole job has to pause: the server cannot take writes now. */
    record PauseJob(Failure failure) implements RunOutcome {}

    /** The whole job has to halt: the table is no longer what it was pinned to. */
    record HaltJob(Failure failure) implements RunOutcome {}
}
