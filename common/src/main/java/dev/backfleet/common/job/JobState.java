package dev.backfleet.common.job;

import java.util.EnumSet;
import java.util.Set;

/** The persisted state of a job and the law of its moves; the control schema repeats the names in a CHECK constraint. */
public enum JobState {
    /** Stored; the leading coordinator is cutting it into shards. No shard may be claimed. */
    PLANNING,
    /** Shards may be dispatched and claimed. */
    RUNNING,
    /** Somebody asked for a pause; shards are being taken back. No new claim succeeds. */
    PAUSING,
    /** Proven quiet: no shard is RUNNING, so no row can change. */
    PAUSED,
    /** Somebody asked for the end; shards are being taken back. No new claim succeeds. */
    CANCELLING,
    /** Ended by request; what was changed stays changed. */
    CANCELLED,
    /** Every shard is DONE. */
    SUCCEEDED,
    /** Nothing is left to do, and at least one shard FAILED. */
    FAILED,
    /** The job stopped itself because what it was pinned to has changed, or it cannot be planned. */
    HALTED;

    /** The states that this one may be followed by; each edge is commented where it is listed. */
    public Set<JobState> next() {
        return switch (this) {
            case PLANNING ->
                EnumSet.of(
                        RUNNING, // shards are stored
                        PAUSED, // shards are stored, and somebody asked for a pause meanwhile
                        CANCELLED, // cancelled before any shard existed
                        HALTED); // the table has changed since the job was submitted, or planning was refused
            case RUNNING ->
                EnumSet.of(
                        PAUSING, // a person, the control topic, or the environment (disk full, read-only) asks
                        CANCELLING, // a person or the control topic asks
                        SUCCEEDED, // every shard is DONE
                        FAILED, // every shard is DONE or FAILED, at least one FAILED
                        HALTED); // a worker found the table or a column no longer to be the pinned one
            case PAUSING ->
                EnumSet.of(
                        PAUSED, // every shard was taken back
                        RUNNING, // resumed before the pause was complete
                        CANCELLING); // a cancel overrules a pause
            case PAUSED ->
                EnumSet.of(
                        RUNNING, // resumed
                        CANCELLING); // cancelled while paused
            case CANCELLING -> EnumSet.of(CANCELLED); // every shard was taken back
            case HALTED -> EnumSet.of(CANCELLING); // given up; frees the name
            case CANCELLED, SUCCEEDED, FAILED -> EnumSet.noneOf(JobState.class); // the end
        };
    }

    /** Whether {@code other} may follow this state. */
    public boolean mayBecome(JobState other) {
        return next().contains(other);
    }

    /** Whether the job is over: it changes no more rows and its name is free again. */
    public boolean isTerminal() {
        return next().isEmpty();
    }
}
