package dev.backfleet.worker.shard;

import static dev.backfleet.worker.execute.Samples.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.worker.execute.Samples;
import dev.backfleet.worker.shard.QuarantineResult.ShardStatus;
import dev.backfleet.worker.shard.RunOutcome.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How refused rows are found: against a table in memory that refuses some. */
class BisectionTest {
    private static final Failure REFUSED = Failures.of("23514", "no");
    private static final Duration TOOK = Duration.ofMillis(1);

    private final Set<Long> poison = new TreeSet<>();
    private final Set<Long> changed = new HashSet<>();
    private final List<Long> quarantined = new ArrayList<>();
    private int statements;
    private long rowsTried;
    private long end;

    private static ShardStateMachine run(SlotLimits slotLimits, int rows) {
        var settings = new RunSettings(Duration.ofHours(1), Duration.ofHours(1), 4, Duration.ofSeconds(5));
        return new ShardStateMachine(
                Samples.claim(slotLimits),
                settings,
                new BatchSizer(Duration.ofMillis(100), 10_000, rows),
                failures -> Duration.ZERO,
                Duration.ZERO);
    }

    private static Situation situation() {
        return new Situation(Duration.ZERO, true, false);
    }

    /** Walks a table of so many rows to its end. */
    private RunOutcome walk(ShardStateMachine run, int rows) {
        end = rows;
        for (var step = run.next(situation()); ; step = run.next(situation())) {
            if (step instanceof Step.End over) {
                return over.outcome();
            } else if (step instanceof Step.Batch batch) {
                batch(run, batch);
            } else if (step instanceof Step.Quarantine row) {
                statements++;
                var next = position(row.cursor().values()) + 1;
                quarantined.add(next);
                run.quarantined(
                        new QuarantineResult(
                                at(next),
                                true,
                                next == end ? ShardStatus.DONE : ShardStatus.CONTINUES,
                                Samples.UNLIMITED),
                        Duration.ZERO);
            } else {
                throw new AssertionError(step);
            }
        }
    }

    private void batch(ShardStateMachine run, Step.Batch batch) {
        statements++;
        var from = position(batch.cursor().values());
        var to = Math.min(end, from + batch.rows());
        rowsTried += to - from;
        for (var row = from + 1; row <= to; row++) {
            if (poison.contains(row)) {
                run.failed(REFUSED, Duration.ZERO);
                return;
            }
        }
        for (var row = from + 1; row <= to; row++) {
            assertThat(changed.add(row)).isTrue();
        }
        run.committed(new BatchResult(at(to), to - from, to - from, to == end, Samples.UNLIMITED), TOOK, situation());
    }

    private static long position(List<String> cursor) {
        return cursor.isEmpty() ? 0 : Long.parseLong(cursor.get(0));
    }

    private void assertAllButPoison(int rows) {
        assertThat(quarantined).containsExactlyElementsOf(poison);
        assertThat(changed).hasSize(rows - poison.size());
        assertThat(poison).noneMatch(changed::contains);
    }

    @Test
    void exactly_the_rejected_rows_are_quarantined_wherever_they_are() {
        var random = new Random(11);
        for (var round = 0; round < 300; round++) {
            List.of(poison, changed, quarantined).forEach(Collection::clear);
            var rows = 1 + random.nextInt(400);
            IntStream.range(0, random.nextInt(1 + rows)).forEach(i -> poison.add(1L + random.nextInt(rows)));
            assertThat(walk(run(Samples.UNLIMITED, 1 + random.nextInt(500)), rows))
                    .isEqualTo(new RunOutcome.Done());
            assertAllButPoison(rows);
        }
    }

    @Test
    void a_few_rejected_rows_among_many_cost_a_logarithm_of_statements_each() {
        var random = new Random(5);
        IntStream.range(0, 20).forEach(i -> poison.add(1L + random.nextInt(1_000_000)));
        walk(run(Samples.UNLIMITED, 10_000), 1_000_000);
        assertAllButPoison(1_000_000);
        // 13 halves to find it, 7 quarters to be back at full size, and the batches that it takes anyway.
        assertThat(statements - 100).isLessThan(20 * 24);
        assertThat(rowsTried).isLessThan(1_000_000 + 20 * 2 * 10_000);
    }

    @Test
    void rejected_rows_next_to_each_other_cost_two_statements_each() {
        LongStream.rangeClosed(5_001, 6_000).forEach(poison::add);
        walk(run(Samples.UNLIMITED, 10_000), 10_000);
        assertAllButPoison(10_000);
        assertThat(statements).isLessThan(2 * 1_000 + 40);
    }

    @Test
    void a_row_that_was_fixed_meanwhile_is_changed_and_the_size_grows_again() {
        var run = run(Samples.UNLIMITED, 1_000);
        run.next(situation());
        run.failed(REFUSED, Duration.ZERO);
        assertThat(run.next(situation()))
                .isEqualTo(new Step.Batch(Samples.claim().cursor(), 500));
        var sizes = new ArrayList<Integer>();
        for (var cursor = 0L; cursor < 5_000; ) {
            var batch = (Step.Batch) run.next(situation());
            sizes.add(batch.rows());
            cursor += batch.rows();
            run.committed(Samples.moved(batch.rows(), cursor), Duration.ofMillis(100), situation());
        }
        assertThat(sizes).startsWith(500, 250, 125, 62, 31, 16, 8, 4, 2, 1, 1, 4, 16, 64, 256, 1_000);
    }

    @Test
    void finding_a_rejected_row_does_not_change_the_batch_size_of_the_job() {
        var run = run(Samples.UNLIMITED, 1_000);
        run.next(situation());
        run.failed(REFUSED, Duration.ZERO);
        run.next(situation());
        run.committed(Samples.moved(500, 500), Duration.ofSeconds(5), situation());
        assertThat(run.sizer().rows()).isEqualTo(1_000);
    }

    @Test
    void rejected_rows_are_no_failures_to_advance_but_a_row_that_cannot_be_quarantined_is() {
        poison.add(700L);
        assertThat(walk(run(Samples.UNLIMITED, 1_000), 1_000)).isEqualTo(new RunOutcome.Done());

        var run = run(Samples.UNLIMITED, 1);
        for (var i = 0; i < 4; i++) {
            assertThat(run.next(situation())).isInstanceOf(Step.Batch.class);
            run.failed(REFUSED, Duration.ZERO);
            assertThat(run.next(situation())).isInstanceOf(Step.Quarantine.class);
            run.failed(Failures.of("55P03", "no"), Duration.ZERO);
        }
        assertThat(run.next(situation()))
                .isEqualTo(new Step.End(new RunOutcome.Stuck(Duration.ofSeconds(5), Failures.of("55P03", "no"))));
    }

    @Test
    void after_a_quarantine_with_unknown_result_the_checkpoint_is_read_back() {
        var run = run(Samples.UNLIMITED, 1);
        run.next(situation());
        run.failed(REFUSED, Duration.ZERO);
        run.next(situation());
        run.failed(Failures.of("08006", "gone"), Duration.ZERO);
        assertThat(run.next(situation())).isEqualTo(new Step.ReadBack());
        run.confirmed(at(1));
        assertThat(run.next(situation())).as("it was").isEqualTo(new Step.Batch(at(1), 1));
    }

    @Test
    void no_row_is_quarantined_while_control_stops_the_job() {
        var run = run(Samples.UNLIMITED, 1);
        run.next(situation());
        run.failed(REFUSED, Duration.ZERO);
        assertThat(run.next(new Situation(Duration.ZERO, false, false)))
                .isEqualTo(new Step.End(new RunOutcome.GiveBack(Reason.STOPPED, Duration.ZERO)));
    }

    @Test
    void a_data_error_without_a_row_of_a_batch_fails_the_shard() {
        var run = run(Samples.limited(100, 1), 1);
        assertThat(run.next(situation())).isInstanceOf(Step.Reserve.class);
        run.failed(REFUSED, Duration.ZERO);
        assertThat(run.next(situation())).isEqualTo(new Step.End(new RunOutcome.Fail(REFUSED)));

        var quarantining = run(Samples.UNLIMITED, 1);
        quarantining.next(situation());
        quarantining.failed(REFUSED, Duration.ZERO);
        quarantining.next(situation());
        quarantining.failed(REFUSED, Duration.ZERO);
        assertThat(quarantining.next(situation())).isEqualTo(new Step.End(new RunOutcome.Fail(REFUSED)));
    }

    @Test
    void reserved_rows_that_were_rejected_are_refunded() {
        var limits = Samples.limited(1_000, 1);
        var run = run(limits, 1_000);
        var request = (Step.Reserve) run.next(situation());
        run.reserved(request, new Reservation(true, Duration.ZERO, limits), Duration.ZERO);
        assertThat(run.next(situation()))
                .isEqualTo(new Step.Batch(Samples.claim().cursor(), 100));
        run.failed(REFUSED, Duration.ZERO);
        assertThat(run.next(situation())).isEqualTo(new Step.Reserve(50, -100));
    }

    @Test
    void a_slot_with_a_small_share_of_the_rate_ends_the_bisection_too() {
        var limits = Samples.limited(1_000, 10);
        var run = run(limits, 1_000);
        assertThat(batch(run, limits)).isEqualTo(10);
        run.failed(REFUSED, Duration.ZERO);
        for (var size : List.of(5, 2, 1, 1, 1, 4)) {
            assertThat(batch(run, limits)).isEqualTo(size);
            run.committed(new BatchResult(at(1), size, size, false, limits), TOOK, situation());
        }
        assertThat(batch(run, limits)).isEqualTo(10);
        run.committed(new BatchResult(at(1), 10, 10, false, limits), Duration.ofSeconds(1), situation());
        assertThat(run.sizer().rows()).as("a slow batch is heeded again").isEqualTo(1);
    }

    private static int batch(ShardStateMachine run, SlotLimits limits) {
        var request = (Step.Reserve) run.next(situation());
        run.reserved(request, new Reservation(true, Duration.ZERO, limits), Duration.ZERO);
        return ((Step.Batch) run.next(situation())).rows();
    }

    @Test
    void a_spent_budget_and_a_stopped_job_end_the_run() {
        for (var status : List.of(ShardStatus.BUDGET_SPENT, ShardStatus.JOB_STOPPED)) {
            var run = run(Samples.UNLIMITED, 1);
            run.next(situation());
            run.failed(REFUSED, Duration.ZERO);
            run.next(situation());
            run.quarantined(new QuarantineResult(at(1), true, status, Samples.UNLIMITED), Duration.ZERO);
            assertThat(run.next(situation()))
                    .isEqualTo(new Step.End(new RunOutcome.JobStopped(status == ShardStatus.BUDGET_SPENT)));
        }
    }
}
