package dev.backfleet.worker.shard;

import static dev.backfleet.worker.execute.Samples.at;
import static dev.backfleet.worker.execute.Samples.moved;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.worker.execute.Samples;
import dev.backfleet.worker.shard.RunOutcome.Reason;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a worker does with a shard, step by step. */
class ShardStateMachineTest {
    private static final Duration LEASE = Duration.ofSeconds(20);
    private static final Duration PUT_BACK = Duration.ofSeconds(5);
    private static final RunSettings SETTINGS = new RunSettings(Duration.ofSeconds(10), LEASE, 4, PUT_BACK);
    private static final Duration BACKOFF = Duration.ofMillis(50);
    private static final Duration TOOK = Duration.ofMillis(100);

    private final ShardStateMachine run = run(SETTINGS);

    private static ShardStateMachine run(RunSettings settings) {
        return run(settings, Samples.UNLIMITED);
    }

    private static ShardStateMachine run(RunSettings settings, SlotLimits slotLimits) {
        return run(settings, slotLimits, 1_000);
    }

    private static ShardStateMachine run(RunSettings settings, SlotLimits slotLimits, int rows) {
        return new ShardStateMachine(
                Samples.claim(slotLimits),
                settings,
                new BatchSizer(TOOK, 10_000, rows),
                failures -> BACKOFF.multipliedBy(failures),
                Duration.ZERO);
    }

    private static Situation after(long millis) {
        return new Situation(Duration.ofMillis(millis), true, false);
    }

    private static Reservation granted(Duration delay, SlotLimits slotLimits) {
        return new Reservation(true, delay, slotLimits);
    }

    private static void reserve(ShardStateMachine run, Duration delay, SlotLimits slotLimits) {
        run.reserved((Step.Reserve) run.next(after(0)), granted(delay, slotLimits), Duration.ZERO);
    }

    private static Step.End end(RunOutcome outcome) {
        return new Step.End(outcome);
    }

    private static Step.End giveBack(Reason why, Duration delay) {
        return end(new RunOutcome.GiveBack(why, delay));
    }

    @Test
    void a_run_begins_with_a_batch_from_the_claims_checkpoint() {
        assertThat(run.next(after(0))).isEqualTo(new Step.Batch(Cursor.START, 1_000));
    }

    @Test
    void a_committed_batch_is_followed_by_one_from_where_it_ended() {
        run.committed(moved(1_000, 1_000), TOOK, after(100));
        assertThat(run.next(after(100))).isEqualTo(new Step.Batch(at(1_000), 1_000));
    }

    @Test
    void the_batch_that_reaches_the_upper_bound_ends_the_run() {
        run.committed(new BatchResult(at(9), 9, 9, true, Samples.UNLIMITED), TOOK, after(100));
        assertThat(run.next(after(100))).isEqualTo(end(new RunOutcome.Done()));
    }

    @Test
    void a_finished_run_is_done_even_if_control_stops_the_job_meanwhile() {
        run.committed(new BatchResult(at(9), 9, 9, true, Samples.UNLIMITED), TOOK, after(100));
        assertThat(run.next(new Situation(Duration.ofHours(1), false, true))).isEqualTo(end(new RunOutcome.Done()));
    }

    @Test
    void the_shard_is_given_back_when_the_slice_is_over() {
        var patient = run(new RunSettings(Duration.ofSeconds(10), Duration.ofHours(1), 4, PUT_BACK));
        assertThat(patient.next(after(9_999))).isInstanceOf(Step.Batch.class);
        assertThat(patient.next(after(10_000))).isEqualTo(giveBack(Reason.YIELDED, Duration.ZERO));
    }

    @Test
    void the_shard_is_given_back_when_the_worker_shuts_down() {
        assertThat(run.next(new Situation(Duration.ZERO, true, true)))
                .isEqualTo(giveBack(Reason.YIELDED, Duration.ZERO));
    }

    @Test
    void the_shard_is_given_back_when_control_stops_the_job_even_during_a_wait() {
        run.failed(Failures.of("55P03", "no"), Duration.ofMillis(90));
        assertThat(run.next(new Situation(Duration.ofMillis(100), false, false)))
                .isEqualTo(giveBack(Reason.STOPPED, Duration.ZERO));
    }

    @Test
    void a_standby_that_cannot_be_read_is_tried_again_after_the_delay_and_not_at_once() {
        var conflict = Failures.of("40001", "conflict").ofStandby("replica");
        run.failed(conflict, Duration.ZERO);
        assertThat(run.next(after(1_000))).isInstanceOf(Step.Batch.class);
        var rejected = Failures.of("28P01", "password").ofStandby("replica");
        run.failed(rejected, Duration.ofSeconds(1));
        assertThat(run.next(after(1_000))).isEqualTo(end(new RunOutcome.Stuck(PUT_BACK, rejected)));
    }

    @Test
    void an_outcome_does_not_change_any_more() {
        run.next(new Situation(Duration.ZERO, false, false));
        assertThat(run.next(after(0))).isEqualTo(giveBack(Reason.STOPPED, Duration.ZERO));
    }

    @ParameterizedTest
    @CsvSource({"1000, 1, 100", "1000, 12, 8", "25, 2, 1", "5, 1, 1", "10000000, 1, 1000"})
    void a_batch_is_at_most_its_share_of_a_tenth_of_the_limit(double limit, int slots, int rows) {
        var slotLimits = Samples.limited(limit, slots);
        var limited = run(SETTINGS, slotLimits);
        var request = (Step.Reserve) limited.next(after(0));
        assertThat(request.rows()).isEqualTo(rows);
        limited.reserved(request, granted(Duration.ZERO, slotLimits), Duration.ZERO);
        assertThat(limited.next(after(0))).isEqualTo(new Step.Batch(Cursor.START, rows));
    }

    @Test
    void reserved_rows_are_for_their_time_and_a_delayed_slot_reserves_again() {
        var slotLimits = Samples.limited(1_000, 1);
        var limited = run(SETTINGS, slotLimits);
        reserve(limited, Duration.ofMillis(200), slotLimits);
        assertThat(limited.next(after(199))).isInstanceOf(Step.Wait.class);
        assertThat(limited.next(after(250))).isInstanceOf(Step.Batch.class);
        assertThat(limited.next(after(251))).isEqualTo(new Step.Reserve(100, -100));
    }

    @Test
    void a_refund_expires_after_a_second() {
        var slotLimits = Samples.limited(1_000, 1);
        var frozen = run(SETTINGS, slotLimits);
        reserve(frozen, Duration.ofMillis(200), slotLimits);
        assertThat(frozen.next(after(1_201))).isEqualTo(new Step.Reserve(100, 0));
        var ended = run(SETTINGS, slotLimits);
        reserve(ended, Duration.ZERO, slotLimits);
        assertThat(ended.debt(Duration.ofMillis(999))).isEqualTo(-100);
        assertThat(ended.debt(Duration.ofMillis(1_001))).isZero();
    }

    @Test
    void a_wait_longer_than_half_the_lease_renews_it() {
        var slotLimits = Samples.limited(1, 1);
        var longSlice = run(new RunSettings(Duration.ofHours(1), LEASE, 4, PUT_BACK), slotLimits);
        longSlice.committed(new BatchResult(at(1), 1, 1, false, slotLimits), Duration.ofSeconds(4), after(10_000));
        longSlice.reserved(new Step.Reserve(1, 0), granted(Duration.ofMinutes(1), slotLimits), Duration.ofSeconds(10));
        // The lease counts from when the batch was sent, since it is unknown when the server extended it.
        assertThat(longSlice.next(after(16_000))).isInstanceOf(Step.Wait.class);
        assertThat(longSlice.next(after(16_001))).isEqualTo(new Step.Renew());
        longSlice.renewed(Duration.ofMillis(16_001));
        assertThat(longSlice.next(after(26_001))).isInstanceOf(Step.Wait.class);
        assertThat(longSlice.next(after(26_002))).isEqualTo(new Step.Renew());
    }

    @Test
    void a_worker_that_wakes_after_its_lease_sends_its_batch_and_the_fence_decides() {
        var longSlice = run(new RunSettings(Duration.ofHours(1), LEASE, 4, PUT_BACK));
        assertThat(longSlice.next(after(600_000))).isInstanceOf(Step.Batch.class);
    }

    @Test
    void after_a_transient_failure_the_batch_is_sent_again_smaller_and_later() {
        run.failed(Failures.of("55P03", "no"), Duration.ofMillis(10));
        assertThat(run.next(after(10))).isEqualTo(new Step.Wait(BACKOFF));
        assertThat(run.next(after(60))).isEqualTo(new Step.Batch(Cursor.START, 500));
    }

    @Test
    void after_a_lost_connection_the_checkpoint_is_read_back_first() {
        run.failed(Failures.of("08006", "gone"), Duration.ofMillis(10));
        assertThat(run.next(after(10))).isEqualTo(new Step.Wait(BACKOFF));
        var stopped = new Situation(Duration.ofHours(1), false, true);
        assertThat(run.next(stopped)).isEqualTo(new Step.ReadBack());
        run.confirmed(at(700));
        assertThat(run.next(after(60))).isEqualTo(new Step.Batch(at(700), 500));
    }

    @Test
    void a_read_back_that_fails_is_repeated() {
        run.failed(Failures.of("08006", "gone"), Duration.ZERO);
        run.failed(Failures.of("57014", "slow"), Duration.ofMillis(50));
        assertThat(run.next(after(50))).isEqualTo(new Step.Wait(BACKOFF.multipliedBy(2)));
        assertThat(run.next(after(150))).isEqualTo(new Step.ReadBack());
    }

    @Test
    void after_a_fence_that_did_not_hold_the_checkpoint_is_read_back_at_once() {
        run.fenceFailed(Duration.ofMillis(10));
        assertThat(run.next(after(10))).isEqualTo(new Step.ReadBack());
    }

    @Test
    void a_run_whose_lease_is_lost_ends() {
        run.fenceFailed(Duration.ZERO);
        run.leaseLost();
        assertThat(run.next(after(0))).isEqualTo(end(new RunOutcome.LeaseLost()));
    }

    @Test
    void a_shard_whose_fence_never_holds_although_it_is_held_is_given_back() {
        for (var i = 0; i < 4; i++) {
            assertThat(run.next(after(0))).isInstanceOf(Step.Batch.class);
            run.fenceFailed(Duration.ZERO);
            run.confirmed(at(1));
        }
        assertThat(run.next(after(0))).isInstanceOfSatisfying(Step.End.class, end -> assertThat(end.outcome())
                .isInstanceOf(RunOutcome.Stuck.class));
    }

    @Test
    void a_shard_that_does_not_advance_is_given_back_with_a_delay() {
        for (var i = 0; i < 4; i++) {
            run.failed(Failures.of("55P03", "no"), Duration.ZERO);
        }
        assertThat(run.next(after(0))).isEqualTo(end(new RunOutcome.Stuck(PUT_BACK, Failures.of("55P03", "no"))));
    }

    @Test
    void only_failures_in_a_row_count() {
        for (var i = 0; i < 10; i++) {
            run.failed(Failures.of("40001", "no"), Duration.ZERO);
            run.failed(Failures.of("40001", "no"), Duration.ZERO);
            run.failed(Failures.of("40001", "no"), Duration.ZERO);
            run.committed(moved(1, i), TOOK, after(0));
        }
        assertThat(run.next(after(0)))
                .isEqualTo(new Step.Batch(at(9), run.sizer().rows()));
    }

    @Test
    void a_server_that_cannot_take_writes_pauses_the_job() {
        var failure = Failures.of("53100", "disk full");
        run.failed(failure, Duration.ZERO);
        assertThat(run.next(after(0))).isEqualTo(end(new RunOutcome.PauseJob(failure)));
    }

    @Test
    void a_changed_schema_halts_the_job() {
        var failure = Failures.of("42703", "no such column");
        run.failed(failure, Duration.ZERO);
        assertThat(run.next(after(0))).isEqualTo(end(new RunOutcome.HaltJob(failure)));
    }

    @Test
    void an_unknown_error_fails_the_shard() {
        var failure = Failures.of("XX000", "no");
        run.next(after(0));
        run.failed(failure, Duration.ZERO);
        assertThat(run.next(after(0))).isEqualTo(end(new RunOutcome.Fail(failure)));
    }

    private static Step.Batch loseOneRow(ShardStateMachine run, Duration now) {
        var batch = (Step.Batch) run.next(new Situation(now, true, false));
        run.failed(Failures.of("57P01", "terminated"), now);
        var later = now.plusSeconds(1);
        assertThat(run.next(new Situation(later, true, false))).isEqualTo(new Step.ReadBack());
        run.confirmed(batch.cursor());
        return batch;
    }

    @Test
    void a_row_that_loses_each_session_that_tries_it_alone_is_quarantined() {
        var single = run(SETTINGS, Samples.UNLIMITED, 1);
        for (var i = 0; i < 10; i++) {
            assertThat(loseOneRow(single, Duration.ofSeconds(2L * i)).rows()).isEqualTo(1);
            single.renewed(Duration.ofSeconds(2L * i + 1));
        }
        assertThat(single.next(after(100_000))).isInstanceOfSatisfying(Step.Quarantine.class, step -> {
            assertThat(step.failure().code()).isEqualTo("57P01");
            assertThat(step.cursor()).isEqualTo(Cursor.START);
        });
    }

    @Test
    void sessions_lost_for_other_rows_or_while_the_server_is_away_are_no_reason_to_quarantine() {
        var patient = new RunSettings(Duration.ofHours(1), Duration.ofHours(1), 4, PUT_BACK);
        var single = run(patient, Samples.UNLIMITED, 1);
        for (var i = 0; i < 30; i++) {
            loseOneRow(single, Duration.ofSeconds(2L * i));
            if (i % 9 == 8) {
                single.committed(moved(1, i), TOOK, after(2_000 * i + 1_000));
            }
        }
        assertThat(single.next(after(100_000))).isInstanceOf(Step.Batch.class);

        var away = run(patient, Samples.UNLIMITED, 1);
        loseOneRow(away, Duration.ZERO);
        for (var i = 0; i < 20; i++) {
            away.failed(Failures.of("57P01", "terminated"), Duration.ofSeconds(i));
        }
        assertThat(away.next(after(100_000)))
                .isEqualTo(end(new RunOutcome.Stuck(PUT_BACK, Failures.of("57P01", "terminated"))));
    }
}
