package dev.backfleet.worker.execute;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.execute.ShardLeases.ClaimStatus;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Step;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** A job with one shard of {@link FakeShards}: the rows 1 to n of a table. */
final class FakeShard {
    private final ShardId id;
    private final int rows;
    private final boolean compares;
    private final Set<Integer> wrong;
    private final Set<Integer> present;
    final Set<Integer> rejected = new HashSet<>();
    JobState job = JobState.RUNNING;
    ShardState state = ShardState.DISPATCHED;
    int budget = 1_000;
    boolean tableReplaced;
    int passes = 1;
    private int pass;
    private long dispatch = 1;
    private long epoch;
    private int checkpoint;
    private long walked;
    private long changed;
    private int quarantined;
    private long found;

    FakeShard(ShardId id, int rows) {
        this(id, rows, false, Set.of(), Set.of());
    }

    /**
     * Of another kind of job.
     *
     * @param compares whether its job compares rows, and finds those that are wrong
     * @param present of a job that copies rows, those that have a copy already
     */
    FakeShard(ShardId id, int rows, boolean compares, Set<Integer> wrong, Set<Integer> present) {
        this.present = present;
        this.id = id;
        this.rows = rows;
        this.compares = compares;
        this.wrong = wrong;
    }

    long found() {
        return found + (compares ? quarantined : 0);
    }

    Task dispatchAgain() {
        state = ShardState.DISPATCHED;
        return new Task(id, ++dispatch);
    }

    Optional<Claim> claim(Task task) {
        if (state != ShardState.DISPATCHED || task.dispatch() != dispatch || job != JobState.RUNNING) {
            return Optional.empty();
        }
        state = ShardState.RUNNING;
        epoch++;
        var like = Samples.claim();
        return Optional.of(new Claim(
                id,
                epoch,
                cursor(),
                false,
                like.relation(),
                like.definition(),
                Samples.UNLIMITED,
                Samples.ROW_TIMEOUT,
                Samples.ORIGIN));
    }

    boolean isHeldBy(Claim claim) {
        return state == ShardState.RUNNING && epoch == claim.epoch();
    }

    ClaimStatus status() {
        return tableReplaced
                ? new ClaimStatus.Changed(Failure.pinsChanged("the table is another one"))
                : new ClaimStatus.Held(cursor());
    }

    void stopJob(JobState to) {
        state = ShardState.PENDING;
        job = to;
    }

    Optional<BatchResult> batch(Step.Batch batch) {
        if (tableReplaced || !batch.cursor().equals(cursor())) {
            return Optional.empty();
        }
        var end = nth(batch.rows());
        if (within(rejected, end) > 0) {
            throw Samples.refused("23514");
        }
        var size = size(end);
        var done = size - (int) within(present, end);
        changed += done;
        found += within(wrong, end);
        moveTo(end);
        return Optional.of(new BatchResult(cursor(), size, done, state == ShardState.DONE, Samples.UNLIMITED));
    }

    // The last row of so many of the pass; the last one of all, if there are not so many.
    private int nth(int some) {
        return IntStream.rangeClosed(checkpoint + 1, rows)
                .filter(this::takes)
                .skip(some - 1L)
                .findFirst()
                .orElse(rows);
    }

    private boolean takes(int row) {
        return row % passes == pass;
    }

    private int size(int end) {
        return (int)
                IntStream.rangeClosed(checkpoint + 1, end).filter(this::takes).count();
    }

    private long within(Set<Integer> some, int end) {
        return some.stream()
                .filter(row -> row > checkpoint && row <= end && takes(row))
                .count();
    }

    Optional<QuarantineResult> quarantine(Step.Quarantine row) {
        if (tableReplaced || !row.cursor().equals(cursor())) {
            return Optional.empty();
        }
        if (job != JobState.RUNNING) {
            state = ShardState.PENDING;
            return result(false, QuarantineResult.ShardStatus.JOB_STOPPED);
        }
        var next = nth(1);
        if (!takes(next)) {
            moveTo(next);
            return result(false, standing());
        }
        quarantined++;
        moveTo(next);
        if (quarantined > budget) {
            stopJob(JobState.HALTED);
            return result(true, QuarantineResult.ShardStatus.BUDGET_SPENT);
        }
        return result(true, standing());
    }

    private QuarantineResult.ShardStatus standing() {
        return state == ShardState.DONE ? QuarantineResult.ShardStatus.DONE : QuarantineResult.ShardStatus.CONTINUES;
    }

    ShardFixture.Stored stored() {
        return new ShardFixture.Stored(
                job, state, epoch, state == ShardState.RUNNING, walked, changed, quarantined, compares ? 0 : changed);
    }

    private Optional<QuarantineResult> result(boolean put, QuarantineResult.ShardStatus status) {
        return Optional.of(new QuarantineResult(cursor(), put, status, Samples.UNLIMITED));
    }

    private void moveTo(int row) {
        walked += size(row);
        checkpoint = row;
        if (row == rows && pass == passes - 1) {
            state = ShardState.DONE;
        } else if (row == rows) {
            pass++;
            checkpoint = 0;
        }
    }

    private Cursor cursor() {
        return new Cursor(
                pass, checkpoint == 0 ? List.of() : Samples.at(checkpoint).values());
    }
}
