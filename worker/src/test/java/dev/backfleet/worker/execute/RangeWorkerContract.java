package dev.backfleet.worker.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.Failures;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Step;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every implementation of {@link RangeWorker} must do. */
public abstract class RangeWorkerContract {
    private static final int ROWS = 10;
    private static final Failure REJECTED = Failures.of("23514", "violates check constraint");

    /** The database under test, without jobs. */
    protected abstract ShardFixture fixture();

    private Claim claimed(Task task) {
        return fixture().access().leases().claim(task).orElseThrow();
    }

    private Optional<BatchResult> batch(Claim claim, Cursor cursor, int rows) {
        return fixture().access().ranges().batch(claim, new Step.Batch(cursor, rows));
    }

    private Optional<QuarantineResult> quarantine(Claim claim, Cursor cursor) {
        return fixture().access().ranges().quarantine(claim, new Step.Quarantine(cursor, REJECTED));
    }

    private void assertNothingHappens(Claim stale, Cursor cursor) {
        var before = fixture().stored(stale.shard());
        assertThat(batch(stale, cursor, 4)).isEmpty();
        assertThat(quarantine(stale, cursor)).isEmpty();
        assertThat(fixture().stored(stale.shard())).isEqualTo(before);
    }

    @Test
    void batches_change_each_row_once_and_the_last_one_makes_the_shard_done() {
        var claim = claimed(fixture().dispatched(ROWS));
        var first = batch(claim, claim.cursor(), 4).orElseThrow();
        assertThat(first.walked()).isEqualTo(4);
        assertThat(first.changed()).isEqualTo(4);
        assertThat(first.done()).isFalse();
        assertThat(fixture().stored(claim.shard()))
                .isEqualTo(
                        new ShardFixture.Stored(JobState.RUNNING, ShardState.RUNNING, claim.epoch(), true, 4, 4, 0, 4));
        var last = batch(claim, first.cursor(), 100).orElseThrow();
        assertThat(last.walked()).isEqualTo(6);
        assertThat(last.changed()).isEqualTo(6);
        assertThat(last.done()).isTrue();
        assertThat(fixture().stored(claim.shard()))
                .isEqualTo(new ShardFixture.Stored(
                        JobState.RUNNING, ShardState.DONE, claim.epoch(), false, ROWS, ROWS, 0, ROWS));
        assertNothingHappens(claim, last.cursor());
    }

    @Test
    void a_batch_of_just_the_rows_that_are_left_makes_the_shard_done() {
        var claim = claimed(fixture().dispatched(ROWS));
        assertThat(batch(claim, claim.cursor(), ROWS).orElseThrow().done()).isTrue();
        assertThat(fixture().stored(claim.shard()).rowsChanged()).isEqualTo(ROWS);
    }

    @Test
    void a_stale_claim_changes_nothing_and_moves_nothing() {
        var task = fixture().dispatched(ROWS);
        var stale = claimed(task);
        fixture().reap(task.shard());
        assertNothingHappens(stale, stale.cursor());
        var holder = claimed(fixture().dispatchedAgain(task));
        assertNothingHappens(stale, stale.cursor());
        assertThat(batch(holder, holder.cursor(), 4)).isPresent();
    }

    @Test
    void nothing_is_done_from_another_checkpoint_than_the_stored_one() {
        var claim = claimed(fixture().dispatched(ROWS));
        var moved = batch(claim, claim.cursor(), 4).orElseThrow();
        assertNothingHappens(claim, claim.cursor());
        assertThat(batch(claim, moved.cursor(), 4)).isPresent();
    }

    @Test
    void nothing_is_done_to_another_table_of_the_same_name() {
        var claim = claimed(fixture().dispatched(ROWS));
        fixture().replaceTable(claim.shard());
        assertThat(batch(claim, claim.cursor(), 4)).isEmpty();
        assertThat(quarantine(claim, claim.cursor())).isEmpty();
    }

    @Test
    void a_batch_with_a_row_that_is_rejected_changes_nothing() {
        var claim = claimed(fixture().dispatched(ROWS));
        fixture().reject(claim.shard(), 3);
        var before = fixture().stored(claim.shard());
        assertThatThrownBy(() -> batch(claim, claim.cursor(), 4))
                .isInstanceOfSatisfying(
                        StatementFailedException.class,
                        refused -> assertThat(refused.failure().kind()).isEqualTo(ErrorKind.REFUSED_ROW));
        assertThat(fixture().stored(claim.shard())).isEqualTo(before);
        assertThat(batch(claim, claim.cursor(), 2)).isPresent();
    }

    @Test
    void passes_change_each_row_once_and_the_last_one_makes_the_shard_done() {
        var claim = claimed(fixture().inPasses(ROWS, 3));
        var at = claim.cursor();
        var walked = 0L;
        var changed = 0L;
        for (var done = false; !done; ) {
            var before = at;
            var result = batch(claim, before, 2).orElseThrow();
            at = result.cursor();
            walked += result.walked();
            changed += result.changed();
            done = result.done();
            assertThat(done || at.pass() > before.pass() || !at.values().equals(before.values()))
                    .isTrue();
            assertThat(fixture().stored(claim.shard()).leased()).isNotEqualTo(done);
            assertThat(fixture().stored(claim.shard()).walked()).isEqualTo(walked);
        }
        assertThat(at.pass()).isEqualTo(2);
        assertThat(walked).isEqualTo(ROWS);
        assertThat(changed).isEqualTo(ROWS);
        assertThat(fixture().stored(claim.shard()))
                .isEqualTo(new ShardFixture.Stored(
                        JobState.RUNNING, ShardState.DONE, claim.epoch(), false, ROWS, ROWS, 0, ROWS));
    }

    @Test
    void nothing_is_done_from_the_same_point_of_another_pass() {
        var claim = claimed(fixture().inPasses(ROWS, 2));
        var moved = batch(claim, claim.cursor(), ROWS).orElseThrow();
        assertThat(moved.cursor().pass()).isEqualTo(1);
        assertThat(moved.cursor().values()).isEqualTo(claim.cursor().values());
        assertThat(moved.done()).isFalse();
        assertNothingHappens(claim, claim.cursor());
        assertThat(batch(claim, moved.cursor(), ROWS).orElseThrow().done()).isTrue();
        assertThat(fixture().stored(claim.shard()).rowsChanged()).isEqualTo(ROWS);
    }

    @Test
    void each_row_is_quarantined_in_its_pass() {
        var claim = claimed(fixture().inPasses(ROWS, 2));
        IntStream.rangeClosed(1, ROWS).forEach(row -> fixture().reject(claim.shard(), row));
        assertThatThrownBy(() -> batch(claim, claim.cursor(), 4)).isInstanceOf(StatementFailedException.class);
        var at = claim.cursor();
        for (var done = false; !done; ) {
            var result = quarantine(claim, at).orElseThrow();
            at = result.cursor();
            done = result.status() == QuarantineResult.ShardStatus.DONE;
        }
        assertThat(fixture().stored(claim.shard()))
                .isEqualTo(new ShardFixture.Stored(
                        JobState.RUNNING, ShardState.DONE, claim.epoch(), false, ROWS, 0, ROWS, 0));
    }

    @Test
    void a_row_in_quarantine_is_counted_and_the_checkpoint_moves_past_it() {
        var claim = claimed(fixture().dispatched(ROWS));
        fixture().reject(claim.shard(), 1);
        var result = quarantine(claim, claim.cursor()).orElseThrow();
        assertThat(result.quarantined()).isTrue();
        assertThat(result.status()).isEqualTo(QuarantineResult.ShardStatus.CONTINUES);
        assertThat(fixture().stored(claim.shard()))
                .isEqualTo(
                        new ShardFixture.Stored(JobState.RUNNING, ShardState.RUNNING, claim.epoch(), true, 1, 0, 1, 0));
        var rest = batch(claim, result.cursor(), 100).orElseThrow();
        assertThat(rest.changed()).isEqualTo(ROWS - 1);
        assertThat(rest.done()).isTrue();
    }

    @Test
    void a_shard_whose_last_row_is_quarantined_is_done() {
        var claim = claimed(fixture().dispatched(ROWS));
        fixture().reject(claim.shard(), ROWS);
        var moved = batch(claim, claim.cursor(), ROWS - 1).orElseThrow();
        assertThat(quarantine(claim, moved.cursor()).orElseThrow().status())
                .isEqualTo(QuarantineResult.ShardStatus.DONE);
        assertThat(fixture().stored(claim.shard()))
                .isEqualTo(new ShardFixture.Stored(
                        JobState.RUNNING, ShardState.DONE, claim.epoch(), false, ROWS, ROWS - 1, 1, ROWS - 1));
    }

    @Test
    void the_row_that_spends_the_error_budget_halts_the_job() {
        var claim = claimed(fixture().dispatched(ROWS));
        fixture().setErrorBudget(claim.shard(), 1);
        fixture().reject(claim.shard(), 1);
        fixture().reject(claim.shard(), 2);
        var first = quarantine(claim, claim.cursor()).orElseThrow();
        assertThat(first.status()).isEqualTo(QuarantineResult.ShardStatus.CONTINUES);
        assertThat(quarantine(claim, first.cursor()).orElseThrow().status())
                .isEqualTo(QuarantineResult.ShardStatus.BUDGET_SPENT);
        assertThat(fixture().stored(claim.shard()))
                .isEqualTo(
                        new ShardFixture.Stored(JobState.HALTED, ShardState.PENDING, claim.epoch(), false, 2, 0, 2, 0));
    }

    @Test
    void no_row_of_a_stopped_job_is_quarantined_and_its_shard_is_given_back() {
        var claim = claimed(fixture().dispatched(ROWS));
        fixture().reject(claim.shard(), 1);
        fixture().stopJob(claim.shard());
        var result = quarantine(claim, claim.cursor()).orElseThrow();
        assertThat(result.quarantined()).isFalse();
        assertThat(result.status()).isEqualTo(QuarantineResult.ShardStatus.JOB_STOPPED);
        assertThat(result.cursor()).isEqualTo(claim.cursor());
        assertThat(fixture().stored(claim.shard()))
                .isEqualTo(new ShardFixture.Stored(
                        JobState.PAUSING, ShardState.PENDING, claim.epoch(), false, 0, 0, 0, 0));
    }

    @Test
    void a_copy_is_made_once_of_each_row_that_has_none_and_counts_no_other() {
        var claim = claimed(fixture().copying(ROWS, Set.of(2, 3, 9)));
        var first = batch(claim, claim.cursor(), 4).orElseThrow();
        assertThat(first.walked()).isEqualTo(4);
        assertThat(first.changed()).isEqualTo(2);
        assertNothingHappens(claim, claim.cursor());
        assertThat(batch(claim, first.cursor(), 100).orElseThrow().done()).isTrue();
        assertThat(fixture().stored(claim.shard()))
                .isEqualTo(new ShardFixture.Stored(
                        JobState.RUNNING, ShardState.DONE, claim.epoch(), false, ROWS, ROWS - 3, 0, ROWS - 3));
    }

    @Test
    void a_stale_claim_of_a_copy_copies_nothing() {
        var task = fixture().copying(ROWS, Set.of());
        var stale = claimed(task);
        fixture().reap(task.shard());
        assertNothingHappens(stale, stale.cursor());
        var holder = claimed(fixture().dispatchedAgain(task));
        assertNothingHappens(stale, stale.cursor());
        assertThat(batch(holder, holder.cursor(), ROWS)).isPresent();
        assertThat(fixture().stored(task.shard()).rowsChanged()).isEqualTo(ROWS);
    }

    @Test
    void a_row_whose_copy_is_rejected_costs_that_row() {
        var claim = claimed(fixture().copying(ROWS, Set.of()));
        fixture().reject(claim.shard(), 1);
        assertThatThrownBy(() -> batch(claim, claim.cursor(), 4)).isInstanceOf(StatementFailedException.class);
        assertThat(fixture().stored(claim.shard()).rowsChanged()).isZero();
        var result = quarantine(claim, claim.cursor()).orElseThrow();
        assertThat(result.quarantined()).isTrue();
        assertThat(batch(claim, result.cursor(), 100).orElseThrow().done()).isTrue();
        assertThat(fixture().stored(claim.shard()))
                .isEqualTo(new ShardFixture.Stored(
                        JobState.RUNNING, ShardState.DONE, claim.epoch(), false, ROWS, ROWS - 1, 1, ROWS - 1));
    }

    @Test
    void a_comparison_counts_each_wrong_row_once_and_changes_none() {
        var claim = claimed(fixture().comparing(ROWS, Set.of(2, 3, 9)));
        var first = batch(claim, claim.cursor(), 4).orElseThrow();
        assertThat(first.walked()).isEqualTo(4);
        assertThat(first.changed()).as("rows that were judged").isEqualTo(4);
        assertThat(fixture().found(claim.shard())).isEqualTo(2);
        assertNothingHappens(claim, claim.cursor());
        assertThat(fixture().found(claim.shard())).isEqualTo(2);
        assertThat(batch(claim, first.cursor(), 100).orElseThrow().done()).isTrue();
        assertThat(fixture().found(claim.shard())).isEqualTo(3);
        assertThat(fixture().stored(claim.shard()))
                .isEqualTo(new ShardFixture.Stored(
                        JobState.RUNNING, ShardState.DONE, claim.epoch(), false, ROWS, ROWS, 0, 0));
    }

    @Test
    void a_stale_claim_of_a_comparison_counts_nothing() {
        var task = fixture().comparing(ROWS, Set.of(1, 2));
        var stale = claimed(task);
        fixture().reap(task.shard());
        assertNothingHappens(stale, stale.cursor());
        var holder = claimed(fixture().dispatchedAgain(task));
        assertNothingHappens(stale, stale.cursor());
        assertThat(fixture().found(task.shard())).isZero();
        assertThat(batch(holder, holder.cursor(), ROWS)).isPresent();
        assertThat(fixture().found(task.shard())).isEqualTo(2);
    }

    @Test
    void a_row_that_a_comparison_cannot_judge_is_counted_when_it_is_quarantined() {
        var claim = claimed(fixture().comparing(ROWS, Set.of(1, 3)));
        fixture().reject(claim.shard(), 1);
        assertThatThrownBy(() -> batch(claim, claim.cursor(), 4)).isInstanceOf(StatementFailedException.class);
        assertThat(fixture().found(claim.shard())).isZero();
        var result = quarantine(claim, claim.cursor()).orElseThrow();
        assertThat(result.quarantined()).isTrue();
        assertThat(fixture().found(claim.shard())).isEqualTo(1);
        assertThat(batch(claim, result.cursor(), 100).orElseThrow().done()).isTrue();
        assertThat(fixture().found(claim.shard())).isEqualTo(2);
        assertThat(fixture().stored(claim.shard()))
                .isEqualTo(new ShardFixture.Stored(
                        JobState.RUNNING, ShardState.DONE, claim.epoch(), false, ROWS, ROWS - 1, 1, 0));
    }
}
