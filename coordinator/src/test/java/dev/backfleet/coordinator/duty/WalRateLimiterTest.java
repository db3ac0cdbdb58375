package dev.backfleet.coordinator.duty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backfleet.coordinator.problem.ToldProblems;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A limit in bytes of WAL becomes one in rows, by what rows were measured to cost. */
class WalRateLimiterTest {
    private final Map<Long, Long> limits = new HashMap<>(Map.of(1L, 100_000L));
    private final Map<Long, Long> rows = new HashMap<>(Map.of(1L, 0L));
    private final Map<String, Long> bytes = new HashMap<>(Map.of("a", 0L));
    private final Map<Long, Double> stored = new HashMap<>();
    private int read;
    private final WalRateLimiter limiter = new WalRateLimiter(
            new WalRateLimiter.Wal() {
                @Override
                public Map<Long, Long> limits() {
                    return limits;
                }

                @Override
                public WalRateLimiter.Reading read() {
                    read++;
                    return new WalRateLimiter.Reading(rows, bytes);
                }

                @Override
                public void store(long job, double rowsPerSecond) {
                    if (job == 7) {
                        throw new IllegalStateException("no");
                    }
                    stored.put(job, rowsPerSecond);
                }
            },
            new EachJob("limiting", new ToldProblems(), () -> Duration.ZERO));

    private void second(long changed, String source, long written) {
        rows.merge(1L, changed, Long::sum);
        bytes.merge(source, written, Long::sum);
        limiter.runOnce();
    }

    @Test
    void a_job_whose_limit_cannot_be_stored_keeps_no_other_from_its_limit() {
        limits.put(7L, 100_000L);
        limits.put(8L, 100_000L);
        second(100, "a", 10_000);
        assertThat(stored.keySet()).containsExactlyInAnyOrder(1L, 8L);
    }

    private double rowsPerSecond() {
        return stored.getOrDefault(1L, Double.NaN);
    }

    @Test
    void before_anything_was_measured_a_row_is_taken_to_cost_a_kilobyte() {
        second(0, "a", 0);
        assertThat(rowsPerSecond()).isCloseTo(97.7, within(0.1));
    }

    @Test
    void a_row_that_costs_more_is_believed_at_once_and_one_that_costs_less_slowly() {
        second(0, "a", 0);
        second(100, "a", 400_000);
        assertThat(rowsPerSecond()).isCloseTo(25, within(0.1));
        for (var i = 0; i < 30; i++) {
            second(100, "a", 20_000);
        }
        assertThat(rowsPerSecond()).isCloseTo(500, within(5.0));
    }

    @Test
    void a_session_that_goes_or_comes_does_not_spoil_the_sum() {
        second(0, "a", 1_000_000);
        for (var i = 0; i < 20; i++) {
            bytes.keySet().removeIf(source -> !source.equals("b"));
            second(100, "b", 20_000);
        }
        assertThat(rowsPerSecond()).isCloseTo(500, within(20.0));
    }

    @Test
    void it_measures_only_if_a_job_has_such_a_limit() {
        second(1, "a", 1);
        assertThat(read).isEqualTo(1);
        limits.clear();
        second(1, "a", 1);
        assertThat(read).isEqualTo(1);
    }

    @Test
    void a_limit_is_never_less_than_a_row_so_that_there_is_something_to_measure() {
        limits.put(1L, 10L);
        second(0, "a", 0);
        assertThat(rowsPerSecond()).isEqualTo(1);
    }
}
