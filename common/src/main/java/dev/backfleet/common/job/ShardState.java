package dev.backfleet.common.job;

import java.util.EnumSet;
import java.util.Set;

/** The persisted state of a shard and the law of its moves; the control schema repeats the names in a CHECK constraint. */
public enum ShardState {
    /** Waits for its turn. */
    PENDING,
    /** A task that permits work on it was published, or is about to be. */
    DISPATCHED,
    /** A worker holds its lease; only the worker with the newest epoch can write. */
    RUNNING,
    /** The cursor has reached the upper bound. */
    DONE,
    /** The database refused a row of it; the error is kept with the shard. */
    FAILED;

    /** The states that this one may be followed by; each edge is commented where it is listed. */
    public Set<ShardState> next() {
        return switch (this) {
            case PENDING -> EnumSet.of(DISPATCHED); // the dispatcher chose it
            case DISPATCHED ->
                EnumSet.of(
                        RUNNING, // claimed: epoch + 1, lease set
                        PENDING); // not claimed in time, not published, or its job paused
            case RUNNING ->
                EnumSet.of(
                        DONE, // the batch that reached the upper bound
                        PENDING, // yielded, given back, lease expired, or taken by a pause
                        FAILED); // the database refused a row
            case DONE -> EnumSet.noneOf(ShardState.class); // the end
            case FAILED -> EnumSet.noneOf(ShardState.class); // the end, until retrying exists
        };
    }

    /** Whether {@code other} may follow this state. */
    public boolean mayBecome(ShardState other) {
        return next().contains(other);
    }

    /** Whether no more work will be done on the shard. */
    public boolean isTerminal() {
        return next().isEmpty();
    }
}
