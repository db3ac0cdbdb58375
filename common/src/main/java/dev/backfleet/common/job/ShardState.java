package dev.backfleet.common.job;

import java.util.List;
import java.util.Set;

/** The persisted state of a shard and the law of its moves; the control schema repeats the names in a CHECK constraint. */
public enum ShardState {
    PENDING("Waits for its turn."),
    DISPATCHED("A task that permits work on it was published, or is about to be."),
    RUNNING("A worker holds its lease; only the worker with the newest epoch can write."),
    DONE("The cursor has reached the upper bound."),
    FAILED("The database refused a batch for a reason that is no row's; the error is kept with the shard.");

    private static final List<Edge<ShardState>> EDGES = List.of(
            new Edge<>(PENDING, DISPATCHED, "the dispatcher chose it"),
            new Edge<>(DISPATCHED, RUNNING, "claimed: epoch + 1, lease set"),
            new Edge<>(DISPATCHED, PENDING, "not claimed in time, not published, or its job paused"),
            new Edge<>(RUNNING, DONE, "the batch that reached the upper bound"),
            new Edge<>(RUNNING, PENDING, "yielded, given back, lease expired, or taken by a pause"),
            new Edge<>(RUNNING, FAILED, "the database refused a batch for a reason that is no row's"),
            new Edge<>(FAILED, PENDING, "retried by a person"));

    private final String meaning;

    ShardState(String meaning) {
        this.meaning = meaning;
    }

    /** What it means that a shard is in this state, as a sentence. */
    public String meaning() {
        return meaning;
    }

    /** Every legal move, with its reason. */
    public static List<Edge<ShardState>> edges() {
        return EDGES;
    }

    /** The states that this one may be followed by. */
    public Set<ShardState> next() {
        return Edge.next(EDGES, this);
    }

    /** Whether {@code other} may follow this state. */
    public boolean mayBecome(ShardState other) {
        return next().contains(other);
    }

    /** Whether no more work will be done on the shard, unless somebody retries it. */
    public boolean isTerminal() {
        return this == DONE || this == FAILED;
    }
}
