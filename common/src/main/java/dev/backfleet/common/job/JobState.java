package dev.backfleet.common.job;

import java.util.List;
import java.util.Set;

/** The persisted state of a job and the law of its moves; the control schema repeats the names in a CHECK constraint. */
public enum JobState {
    PLANNING("Stored; the leading coordinator is cutting it into shards. No shard may be claimed."),
    RUNNING("Shards may be dispatched and claimed."),
    PAUSING("Somebody asked for a pause; shards are being taken back. No new claim succeeds."),
    PAUSED("Proven quiet: no shard is RUNNING, so no row can change."),
    CANCELLING("Somebody asked for the end; shards are being taken back. No new claim succeeds."),
    CANCELLED("Ended by request; what was changed stays changed."),
    SUCCEEDED("Every shard is DONE. Rows that the database refused are in quarantine, and counted beside the state."),
    FAILED("Nothing is left to do, and at least one shard FAILED."),
    HALTED(
            "The job stopped itself: what it was pinned to has changed, its error budget is spent, or it cannot be planned.");

    private static final List<Edge<JobState>> EDGES = List.of(
            new Edge<>(PLANNING, RUNNING, "shards are stored"),
            new Edge<>(PLANNING, PAUSED, "shards are stored, and somebody asked for a pause meanwhile"),
            new Edge<>(PLANNING, CANCELLED, "cancelled before any shard existed"),
            new Edge<>(PLANNING, HALTED, "the table has changed since the job was submitted, or planning was refused"),
            new Edge<>(RUNNING, PAUSING, "a person, the control topic, or the environment (disk full, read-only) asks"),
            new Edge<>(RUNNING, CANCELLING, "a person or the control topic asks"),
            new Edge<>(RUNNING, SUCCEEDED, "every shard is DONE"),
            new Edge<>(RUNNING, FAILED, "every shard is DONE or FAILED, at least one FAILED"),
            new Edge<>(
                    RUNNING,
                    HALTED,
                    "a worker or the coordinator found that what it is pinned to has changed, or the error budget is spent"),
            new Edge<>(PAUSING, PAUSED, "every shard was taken back"),
            new Edge<>(PAUSING, RUNNING, "resumed before the pause was complete"),
            new Edge<>(PAUSING, CANCELLING, "a cancel overrules a pause"),
            new Edge<>(PAUSED, RUNNING, "resumed"),
            new Edge<>(PAUSED, CANCELLING, "cancelled while paused"),
            new Edge<>(CANCELLING, CANCELLED, "every shard was taken back"),
            new Edge<>(FAILED, RUNNING, "its FAILED shards are retried, and no other job has taken its name"),
            new Edge<>(HALTED, RUNNING, "resumed: what it is pinned to is there"),
            new Edge<>(HALTED, PLANNING, "resumed, likewise, before it had shards"),
            new Edge<>(HALTED, CANCELLING, "given up; frees the name"));

    private final String meaning;

    JobState(String meaning) {
        this.meaning = meaning;
    }

    /** What it means that a job is in this state, as a sentence. */
    public String meaning() {
        return meaning;
    }

    /** Every legal move, with its reason. */
    public static List<Edge<JobState>> edges() {
        return EDGES;
    }

    /** The states that this one may be followed by. */
    public Set<JobState> next() {
        return Edge.next(EDGES, this);
    }

    /** Whether {@code other} may follow this state. */
    public boolean mayBecome(JobState other) {
        return next().contains(other);
    }

    /** Whether the job is over: by itself it changes no more rows, and its name is free again. */
    public boolean isTerminal() {
        return this == CANCELLED || this == SUCCEEDED || this == FAILED;
    }
}
