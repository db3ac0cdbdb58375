package dev.backfleet.worker.execute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.worker.execute.RecentBatches.Count;
import dev.backfleet.worker.shard.Failure;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Batches that did not get their locks, or were slow with next to no rows, are counted by job, and forgotten after ten seconds. */
class RecentBatchesTest {
    private static final Failure LOCKED =
            new Failure(ErrorKind.TRANSIENT, "55P03", "canceling statement due to lock timeout");
    private static final Failure DEADLOCK = new Failure(ErrorKind.TRANSIENT, "40P01", "deadlock detected");

    private Duration now = Duration.ofDays(1);
    private final RecentBatches tries = new RecentBatches(() -> now);

    private void committed(long job) {
        tries.committed(job, Samples.moved(100, 1), Duration.ofMillis(90));
    }

    private void tick(long millis) {
        now = now.plusMillis(millis);
    }

    @Test
    void each_job_has_counts_of_its_own_and_other_failures_do_not_count() {
        committed(1);
        tries.failed(1, LOCKED);
        tries.failed(1, DEADLOCK);
        tries.failed(2, LOCKED);
        committed(3);
        tries.failed(3, DEADLOCK);
        assertThat(tries.recent()).isEqualTo(Map.of(1L, new Count(1, 0, 2), 2L, new Count(1, 0, 1)));
    }

    @Test
    void a_batch_of_one_or_two_rows_that_takes_longer_than_a_batch_is_to_take_is_slow() {
        var longer = Duration.ofMillis(101);
        tries.committed(1, Samples.moved(1, 1), longer);
        tries.committed(1, Samples.moved(2, 3), longer);
        tries.committed(1, Samples.moved(3, 6), longer);
        tries.committed(1, Samples.moved(1, 7), Duration.ofMillis(100));
        // Keys of deleted rows take time as well, and are no rows.
        tries.committed(1, Samples.moved(0, 8), longer);
        assertThat(tries.recent()).isEqualTo(Map.of(1L, new Count(0, 2, 5)));
    }

    @Test
    void what_is_over_is_forgotten_second_by_second() {
        for (var i = 0; i < 30; i++) {
            tries.failed(1, LOCKED);
            committed(1);
            tick(500);
        }
        assertThat(failed()).isBetween(18, 20);
        tick(5_000);
        assertThat(failed()).isBetween(8, 10);
        tick(5_001);
        assertThat(tries.recent()).isEmpty();
    }

    private int failed() {
        return tries.recent().getOrDefault(1L, new Count(0, 0, 0)).failed();
    }
}
