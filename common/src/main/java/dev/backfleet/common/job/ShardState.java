package dev.backfleet.common.job;

import java.util.List;
import java.util.Set;

/**
 * The persisted state of a shard and its legal transitions; the control schema repeats the names in a CHECK constraint.
 */
public enum ShardState {
    PENDING("Waits to be dispatched."),
    DISPATCHED("A task for it was published, or is about to be."),
    RUNNING("A worker holds its lease; only the claim with the newest epoch can write."),
    DONE("The cursor has reached the upper bound."),
    FAILED("PostgreSQL rejected a batch for a reason that no row caused; the error is stored with the shard.");

    private static final List<Edge<ShardState>> EDGES = List.of(
            new Edge<>(PENDING, DISPATCHED, "chosen by the dispatcher"),
            new Edge<>(DISPATCHED, RUNNING, "claimed: epoch + 1, lease set"),
            new Edge<>(DISPATCHED, PENDING, "not claimed in time, not published, or its job paused"),
            new Edge<>(RUNNING, DONE, "the batch that reached the upper bound"),
            new Edge<>(RUNNING, PENDING, "yielded, given back, lease expired, or revoked by a pause"),
            new Edge<>(RUNNING, FAILED, "PostgreSQL rejected a batch for a reason that no row caused"),
            new Edge<>(FAILED, PENDING, "retried by a person"));

    private final String meaning;

    ShardState(String meaning) {
        this.meaning = meaning;
    }

    /** The meaning of the state, as a sentence. */
    public String meaning() {
        return meaning;
    }

    /** Every legal transition, with its cause. */
    public static List<Edge<ShardState>> edges() {
        return EDGES;
    }

    /** The legal next states. */
    public Set<ShardState> next() {
        return Edge.next(EDGES, this);
    }

    /** Whether no more work will be done on the shard, unless it is retried. */
    public boolean isTerminal() {
        return this == DONE || this == FAILED;
    }
}
