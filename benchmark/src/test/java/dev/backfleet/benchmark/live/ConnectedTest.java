package dev.backfleet.benchmark.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** The application on a clock of its own: 10 transactions per second that take 1 ms, but for one. */
class ConnectedTest {
    private static final long MILLISECOND = 1_000_000;

    private final Schedule schedule = new Schedule(0, 10);
    private final List<Long> ran = new ArrayList<>();
    private long now;

    @Test
    void who_waits_behind_a_slow_transaction_is_counted_from_when_it_was_due() throws Exception {
        schedule.enter(Phase.BESIDE, 0);
        schedule.endAt(1_000 * MILLISECOND);

        var traffic = run(number -> number == 2 ? 350 : 1);

        // Due at 200 ms, it ends at 550 ms; those of 300, 400 and 500 ms come after it.
        assertThat(traffic.transactions()).isEqualTo(10);
        assertThat(traffic.p50()).isCloseTo(1, Percentage.withPercentage(1));
        assertThat(traffic.max()).isCloseTo(350, Percentage.withPercentage(1));
    }

    @Test
    void what_is_due_before_the_measurement_runs_and_what_is_due_after_the_end_does_not() throws Exception {
        schedule.enter(Phase.BESIDE, 300 * MILLISECOND);
        schedule.endAt(500 * MILLISECOND);

        var traffic = run(number -> 1);

        assertThat(ran).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(traffic.transactions()).isEqualTo(2);
    }

    @Test
    void what_was_due_while_the_application_was_alone_counts_for_that_however_long_it_takes() throws Exception {
        schedule.enter(Phase.ALONE, 0);
        schedule.enter(Phase.BESIDE, 300 * MILLISECOND);
        schedule.enter(Phase.ALONE, 500 * MILLISECOND);
        schedule.endAt(1_000 * MILLISECOND);
        connected(number -> number == 2 ? 450 : 1, number -> Optional.empty()).run();

        var alone = schedule.traffic(Phase.ALONE);
        var beside = schedule.traffic(Phase.BESIDE);

        assertThat(alone.transactions()).isEqualTo(8);
        assertThat(alone.max()).isCloseTo(450, Percentage.withPercentage(1));
        assertThat(beside.transactions()).isEqualTo(2);
        assertThat(beside.max()).isCloseTo(351, Percentage.withPercentage(1));
    }

    @Test
    void what_was_due_before_the_end_runs_after_it() throws Exception {
        schedule.enter(Phase.BESIDE, 0);
        schedule.endAt(500 * MILLISECOND);

        var traffic = run(number -> number == 0 ? 2_000 : 1);

        assertThat(ran).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(traffic.p50()).isGreaterThan(1_000);
    }

    @Test
    void failures_are_counted_by_their_code() throws Exception {
        schedule.enter(Phase.BESIDE, 100 * MILLISECOND);
        schedule.endAt(500 * MILLISECOND);

        var traffic = run(number -> 1, number -> number < 3 ? Optional.of("40P01") : Optional.empty());

        assertThat(traffic.errors()).isEqualTo(Map.of("40P01", 2L));
        assertThat(traffic.failed()).isEqualTo(2);
    }

    private Traffic run(Milliseconds milliseconds) throws InterruptedException {
        return run(milliseconds, number -> Optional.empty());
    }

    private Traffic run(Milliseconds milliseconds, OpenLoop.Session outcome) throws InterruptedException {
        connected(milliseconds, outcome).run();
        return schedule.traffic(Phase.BESIDE);
    }

    private Connected connected(Milliseconds milliseconds, OpenLoop.Session outcome) {
        OpenLoop.Session session = number -> {
            ran.add(number);
            now += milliseconds.of(number) * MILLISECOND;
            return outcome.transact(number);
        };
        Ticker ticker = () -> Duration.ofNanos(now);
        Sleeper sleeper = duration -> now += Math.max(0, duration.toNanos());
        return new Connected(schedule, session, ticker, sleeper);
    }

    private interface Milliseconds {
        long of(long number);
    }
}
