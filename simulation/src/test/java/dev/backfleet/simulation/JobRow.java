package dev.backfleet.simulation;

import dev.backfleet.common.job.Assignment;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.Triggers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A job and the rows of its table. Row {@code i} has key {@code i}. */
final class JobRow {
    final long id;
    final int concurrency;
    final JobDefinition definition;
    final List<ShardRow> shards = new ArrayList<>();

    /** How many times each row was changed. */
    final int[] changes;
    /** The application's own column. */
    final int[] application;
    /** What the application was told that it holds. */
    final int[] acknowledged;
    /** Which rows the application holds locked. */
    final boolean[] held;

    JobState state = JobState.RUNNING;
    long controlOffset = -1;
    /** Whether somebody was told that no row can change. */
    boolean provenQuiet;

    JobRow(long id, int rows, int concurrency, int largestBatch) {
        this.id = id;
        this.concurrency = concurrency;
        this.changes = new int[rows + 1];
        this.application = new int[rows + 1];
        this.acknowledged = new int[rows + 1];
        this.held = new boolean[rows + 1];
        this.definition = new JobDefinition(
                new JobDefinition.Table(1, "public", "t"),
                List.of(new KeyColumn("id", 1, "bigint")),
                false,
                List.of(new Assignment("n", 2, "n + 1")),
                null,
                10,
                Duration.ofMillis(100),
                largestBatch,
                Triggers.FIRE);
    }

    int rows() {
        return changes.length - 1;
    }

    /** Moves from one of some states; false if it is in none of them. */
    boolean move(List<JobState> from, JobState to) {
        if (!from.contains(state)) {
            return false;
        }
        if (!state.mayBecome(to)) {
            throw new Violation("job " + id + " went from " + state + " to " + to);
        }
        state = to;
        provenQuiet = to == JobState.PAUSED || to == JobState.CANCELLED;
        return true;
    }
}
