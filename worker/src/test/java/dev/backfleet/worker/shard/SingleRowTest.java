package dev.backfleet.worker.shard;

import static dev.backfleet.worker.execute.Samples.moved;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.worker.execute.Samples;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a row that is tried alone is quarantined: with its first error, or only with the third. */
class SingleRowTest {
    private static final Duration LEASE = Duration.ofSeconds(5);
    private static final Failure TIMED_OUT = Failures.of("57014", "timeout");
    private static final Failure RAISED = new Failure(ErrorKind.REFUSED_ROW, "40001", "raised by function f()");

    private final ShardStateMachine run = run(new RunSettings(Duration.ofHours(1), LEASE, 8, Duration.ofSeconds(5)));
    private long millis;

    private static ShardStateMachine run(RunSettings settings) {
        return new ShardStateMachine(
                Samples.claim(),
                settings,
                new BatchSizer(Duration.ofMillis(100), 10_000, 1),
                failures -> Duration.ofMillis(1),
                Duration.ZERO);
    }

    private Step next() {
        millis += 10;
        return run.next(new Situation(Duration.ofMillis(millis), true, false));
    }

    private void failed(Failure failure) {
        run.failed(failure, Duration.ofMillis(millis));
    }

    @Test
    void a_row_that_exceeds_the_time_of_a_batch_is_tried_with_its_own_and_quarantined_after_three_tries() {
        assertThat(next()).isEqualTo(new Step.Batch(Samples.claim().cursor(), 1));
        for (var tries = 0; tries < 3; tries++) {
            failed(TIMED_OUT);
            assertThat(next()).isEqualTo(new Step.Batch(Samples.claim().cursor(), 1, Samples.ROW_TIMEOUT));
        }
        failed(TIMED_OUT);
        assertThat(next()).isInstanceOfSatisfying(Step.Quarantine.class, row -> assertThat(row.failure())
                .isEqualTo(new Failure(ErrorKind.TIMED_OUT, "57014", "takes longer than 1500ms")));
    }

    @Test
    void after_a_row_that_was_slow_once_the_next_rows_have_the_usual_time_limit() {
        next();
        failed(TIMED_OUT);
        next();
        run.committed(moved(1, 1), Duration.ofMillis(900), new Situation(Duration.ofMillis(millis), true, false));
        assertThat(next()).isInstanceOfSatisfying(Step.Batch.class, batch -> assertThat(batch.timeout())
                .isNull());
    }

    @Test
    void after_a_step_past_no_row_the_next_row_is_tried_alone_and_from_the_first_try_on() {
        next();
        for (var tries = 0; tries < 2; tries++) {
            failed(TIMED_OUT);
            next();
        }
        run.committed(moved(0, 0), Duration.ofMillis(1), new Situation(Duration.ofMillis(millis), true, false));
        for (var tries = 0; tries < 2; tries++) {
            assertThat(next()).isInstanceOfSatisfying(Step.Batch.class, batch -> {
                assertThat(batch.timeout()).isEqualTo(Samples.ROW_TIMEOUT);
                assertThat(batch.rows()).isEqualTo(1);
            });
            failed(TIMED_OUT);
        }
    }

    @Test
    void the_lease_is_renewed_before_a_row_is_tried_with_its_own_time_limit() {
        next();
        failed(TIMED_OUT);
        millis += 1_000;
        assertThat(next()).isEqualTo(new Step.Renew());
        run.renewed(Duration.ofMillis(millis));
        assertThat(next()).isInstanceOf(Step.Batch.class);
    }

    @Test
    void a_row_has_less_time_than_the_lease() {
        var shortLease = run(new RunSettings(Duration.ofHours(1), Duration.ofSeconds(1), 8, Duration.ofSeconds(5)));
        shortLease.next(new Situation(Duration.ofMillis(1), true, false));
        shortLease.failed(TIMED_OUT, Duration.ofMillis(2));
        assertThat(shortLease.next(new Situation(Duration.ofMillis(10), true, false)))
                .isEqualTo(new Step.Batch(Samples.claim().cursor(), 1, Duration.ofMillis(800)));
    }

    @Test
    void an_error_that_may_pass_quarantines_the_row_at_the_third_try() {
        next();
        failed(RAISED);
        assertThat(next()).isInstanceOf(Step.Batch.class);
        failed(RAISED);
        assertThat(next()).isInstanceOf(Step.Batch.class);
        failed(RAISED);
        assertThat(next()).isEqualTo(new Step.Quarantine(Samples.claim().cursor(), RAISED));
    }

    @Test
    void any_other_error_quarantines_the_row_at_the_first_try() {
        var failure = Failures.of("23514", "no");
        next();
        failed(failure);
        assertThat(next()).isEqualTo(new Step.Quarantine(Samples.claim().cursor(), failure));
    }
}
