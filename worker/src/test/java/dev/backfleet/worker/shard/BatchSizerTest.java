package dev.backfleet.worker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The size of batches follows their duration. */
class BatchSizerTest {
    private static final Duration TARGET = Duration.ofMillis(100);

    private static BatchSizer of(int rows) {
        return new BatchSizer(TARGET, 10_000, rows);
    }

    @Test
    void it_grows_by_at_most_half_a_step_however_quick_a_batch_was() {
        assertThat(of(1_000).committed(1_000, Duration.ofNanos(1)).rows()).isEqualTo(1_501);
        assertThat(of(1_000).committed(1_000, Duration.ZERO).rows()).isEqualTo(1_501);
        assertThat(of(1_000).committed(1_000, Duration.ofMillis(80)).rows()).isEqualTo(1_250);
    }

    @Test
    void it_shrinks_at_once_by_as_much_as_needed() {
        assertThat(of(1_000).committed(1_000, Duration.ofSeconds(10)).rows()).isEqualTo(10);
    }

    @Test
    void it_halves_after_a_failure_and_is_never_zero() {
        assertThat(of(1_000).failed().rows()).isEqualTo(500);
        assertThat(of(1).failed().rows()).isEqualTo(1);
        assertThat(of(1).committed(1, Duration.ofHours(1)).rows()).isEqualTo(1);
        assertThat(of(1).committed(1, Duration.ofMillis(1)).rows()).isEqualTo(2);
        assertThat(of(10).atMost(0).rows()).isEqualTo(1);
    }

    @Test
    void it_never_exceeds_the_specs_maximum() {
        assertThat(of(9_000).committed(9_000, Duration.ofMillis(1)).rows()).isEqualTo(10_000);
        assertThat(BatchSizer.starting(TARGET, 20).rows()).isEqualTo(20);
    }

    @Test
    void a_short_last_batch_says_nothing_unless_it_was_too_slow() {
        assertThat(of(1_000).committed(10, Duration.ofMillis(1)).rows()).isEqualTo(1_000);
        assertThat(of(1_000).committed(10, Duration.ofMillis(200)).rows()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void it_finds_the_size_that_takes_the_target_when_rows_cost_about_the_same(long seed) {
        var random = new Random(seed);
        var microsPerRow = 20 + random.nextInt(2_000);
        var sizer = BatchSizer.starting(TARGET, 10_000);
        for (var i = 0; i < 40; i++) {
            var noise = 0.9 + 0.2 * random.nextDouble();
            sizer = sizer.committed(
                    sizer.rows(), Duration.ofNanos((long) (1_000.0 * sizer.rows() * microsPerRow * noise)));
        }
        assertThat((double) sizer.rows() * microsPerRow / 1_000)
                .as("millis of a batch, seed %s", seed)
                .isBetween(80.0, 120.0);
    }
}
