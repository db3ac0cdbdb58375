package dev.backfleet.common.job;

import java.util.List;
import java.util.Set;

/**
 * The persisted state of a job and its legal transitions; the control schema repeats the names in a CHECK constraint.
 */
public enum JobState {
    PLANNING("Stored; the leading coordinator is cutting it into shards. No shard may be claimed."),
    RUNNING("Shards may be dispatched and claimed."),
    PAUSING("A pause was requested; shards are being revoked from workers. No new claim succeeds."),
    PAUSED("Confirmed: no shard is RUNNING, so no row can change."),
    CANCELLING("A cancel was requested; shards are being revoked from workers. No new claim succeeds."),
    CANCELLED("Ended by request; changed rows stay changed."),
    SUCCEEDED(
            "Every shard is DONE. Rows that PostgreSQL rejected are in quarantine; their number is shown beside the state."),
    FAILED("No shard is left to do, and at least one shard FAILED."),
    HALTED(
            "The job stopped itself: the table no longer matches the job's snapshot, its error budget is exceeded, or it cannot be planned.");

    private static final List<Edge<JobState>> EDGES = List.of(
            new Edge<>(PLANNING, RUNNING, "shards are stored"),
            new Edge<>(PLANNING, PAUSED, "shards are stored, and a pause was requested meanwhile"),
            new Edge<>(PLANNING, CANCELLED, "cancelled before any shard existed"),
            new Edge<>(PLANNING, HALTED, "the table has changed since submission, or planning failed for good"),
            new Edge<>(
                    RUNNING,
                    PAUSING,
                    "requested by a person or the control topic, or the server cannot accept writes (disk full, read-only)"),
            new Edge<>(RUNNING, CANCELLING, "requested by a person or the control topic"),
            new Edge<>(RUNNING, SUCCEEDED, "every shard is DONE"),
            new Edge<>(RUNNING, FAILED, "every shard is DONE or FAILED, at least one FAILED"),
            new Edge<>(
                    RUNNING,
                    HALTED,
                    "a worker or the coordinator found that the table no longer matches, or the error budget is exceeded"),
            new Edge<>(PAUSING, PAUSED, "every shard was revoked"),
            new Edge<>(PAUSING, RUNNING, "resumed before the pause was confirmed"),
            new Edge<>(PAUSING, CANCELLING, "cancelled: a cancel takes precedence over a pause"),
            new Edge<>(PAUSED, RUNNING, "resumed"),
            new Edge<>(PAUSED, CANCELLING, "cancelled while paused"),
            new Edge<>(CANCELLING, CANCELLED, "every shard was revoked"),
            new Edge<>(FAILED, RUNNING, "its FAILED shards are retried, and no newer job uses its name"),
            new Edge<>(HALTED, RUNNING, "resumed: the table matches the job's snapshot again"),
            new Edge<>(HALTED, PLANNING, "resumed, likewise, before it was planned"),
            new Edge<>(HALTED, CANCELLING, "cancelled; frees the name"));

    private final String meaning;

    JobState(String meaning) {
        this.meaning = meaning;
    }

    /** The meaning of the state, as a sentence. */
    public String meaning() {
        return meaning;
    }

    /** Every legal transition, with its cause. */
    public static List<Edge<JobState>> edges() {
        return EDGES;
    }

    /** The legal next states. */
    public Set<JobState> next() {
        return Edge.next(EDGES, this);
    }

    /** Whether the transition to {@code other} is legal. */
    public boolean mayBecome(JobState other) {
        return next().contains(other);
    }

    /** Whether the job has ended: it changes no more rows by itself, and its name is free again. */
    public boolean isTerminal() {
        return this == CANCELLED || this == SUCCEEDED || this == FAILED;
    }
}
