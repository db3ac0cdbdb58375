package dev.backfleet.worker.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.metric.WorkerMetric;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Step;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a worker counts by job, however many jobs it meets; and how old its batches are. */
class WorkMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Duration now = Duration.ofHours(1);
    private final WorkMetrics metrics = new WorkMetrics(registry, () -> now);

    private static Claim of(String backfill) {
        var claim = Samples.claim();
        return new Claim(
                claim.shard(),
                claim.epoch(),
                claim.cursor(),
                claim.endsWithTenant(),
                claim.relation(),
                claim.definition(),
                claim.limits(),
                claim.rowTimeout(),
                new Claim.Origin(backfill, Duration.ofSeconds(2)));
    }

    private void commit(String backfill) {
        metrics.committed(of(backfill), Samples.moved(10, 10), Duration.ofMillis(100));
    }

    private double rows(String backfill) {
        var counter = registry.find(WorkerMetric.ROWS_CHANGED.meter())
                .tag("backfill", backfill)
                .counter();
        return counter == null ? -1 : counter.count();
    }

    @Test
    void two_hundred_jobs_have_figures_of_their_own_and_the_next_ones_share_theirs() {
        for (var job = 1; job <= 202; job++) {
            commit("j" + job);
        }
        commit("j1");
        assertThat(rows("j1")).isEqualTo(20);
        assertThat(rows("j200")).isEqualTo(10);
        assertThat(rows("j201")).isEqualTo(-1);
        assertThat(rows("other")).isEqualTo(20);
        assertThat(metrics.rowsChanged()).isEqualTo(2030);
    }

    @Test
    void a_job_that_was_not_worked_on_for_long_makes_room() {
        for (var job = 1; job <= 200; job++) {
            commit("j" + job);
            now = now.plusMillis(1);
        }
        now = now.plusMinutes(16);
        commit("j1");
        commit("new");
        assertThat(rows("new")).isEqualTo(10);
        assertThat(rows("j1")).isEqualTo(20);
        assertThat(rows("j2")).as("the oldest").isEqualTo(-1);
        assertThat(registry.getMeters())
                .noneMatch(meter -> "j2".equals(meter.getId().getTag("backfill")));
        assertThat(metrics.rowsChanged()).isEqualTo(2020);
    }

    @Test
    void the_oldest_batch_under_way_is_that_which_was_begun_first_and_a_row_alone_does_not_count() {
        var ages = new BatchAges[1];
        ages[0] = new BatchAges(new Slow(() -> ages[0].oldest()), () -> now);
        assertThat(ages[0].oldest()).isZero();
        ages[0].batch(Samples.claim(), new Step.Batch(Samples.at(1), 100));
        assertThat(seen).isEqualTo(Duration.ofSeconds(3));
        assertThat(ages[0].oldest()).isZero();
        ages[0].batch(Samples.claim(), new Step.Batch(Samples.at(1), 1, Duration.ofMinutes(1)));
        assertThat(seen).isZero();
        fails = true;
        assertThatThrownBy(() -> ages[0].batch(Samples.claim(), new Step.Batch(Samples.at(1), 100)))
                .isInstanceOf(StatementFailedException.class);
        now = now.plusSeconds(100);
        assertThat(ages[0].oldest()).isZero();
    }

    private Duration seen = Duration.ZERO;
    private boolean fails;

    /** Takes three seconds for a batch. */
    private final class Slow implements RangeWorker {
        private final Supplier<Duration> oldest;

        Slow(Supplier<Duration> oldest) {
            this.oldest = oldest;
        }

        @Override
        public Optional<BatchResult> batch(Claim claim, Step.Batch batch) {
            now = now.plusSeconds(3);
            seen = oldest.get();
            if (fails) {
                throw Samples.refused("57014");
            }
            return Optional.of(Samples.moved(1, 1));
        }

        @Override
        public Optional<QuarantineResult> quarantine(Claim claim, Step.Quarantine row) {
            return Optional.empty();
        }

        @Override
        public boolean reaches(Claim claim, String tenant) {
            return false;
        }
    }
}
