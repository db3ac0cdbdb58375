package dev.backfleet.coordinator.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.Thresholds;
import dev.backfleet.common.throttle.ThrottleSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The duty: signals in, the job's factor, its reason and its cost out. */
class ThrottleTest {
    private static final long LEADER = 7;
    private static final JobDefinition.Table TABLE = new JobDefinition.Table(1, "public", "t");
    private static final JobDefinition DEFINITION = new JobDefinition(
            TABLE,
            List.of(new KeyColumn("id", 1, "bigint")),
            false,
            new UpdateRows(List.of(), null, Triggers.FIRE),
            1_000,
            Duration.ofMillis(100),
            10_000);

    private final Map<String, Sample> signals = new HashMap<>();
    private final Fake fake = new Fake();
    private Duration now = Duration.ZERO;
    private ThrottleSpec wanted = ThrottleSpec.DEFAULT;
    private Throttle throttle = throttle();

    private Throttle throttle() {
        return new Throttle(
                fake,
                fake,
                Map.of(Signal.WAL_RATE, new Thresholds(10, 30), Signal.PROBE_LATENCY, new Thresholds(10, 30)),
                () -> now);
    }

    private void read(Signal signal, double value) {
        signals.put(signal.key(), Sample.of(signal, value));
    }

    private void look(int times) {
        for (var i = 0; i < times; i++) {
            now = now.plusSeconds(1);
            throttle.runOnce(LEADER);
        }
    }

    @Test
    void a_healthy_job_costs_no_write() {
        read(Signal.WAL_RATE, 5);
        look(10);
        assertThat(fake.stored).isEmpty();
    }

    @Test
    void a_signal_above_its_soft_threshold_holds_the_job_back_and_is_named_and_charged() {
        read(Signal.WAL_RATE, 20);
        read(Signal.PROBE_LATENCY, 5);
        look(3);
        assertThat(fake.pace.factor()).isBetween(0.1, 0.9);
        assertThat(fake.last().holding().orElseThrow().sample().signal()).isEqualTo("wal-rate");
        look(1);
        assertThat(fake.costs).containsOnlyKeys("wal-rate");
        read(Signal.WAL_RATE, 1);
        look(60);
        assertThat(fake.pace.factor()).isEqualTo(1);
        assertThat(fake.last().holding()).isEmpty();
        var cost = fake.cost("wal-rate");
        look(10);
        assertThat(fake.costs).containsOnly(Map.entry("wal-rate", cost));
    }

    @Test
    void a_stopped_second_costs_a_second() {
        read(Signal.WAL_RATE, 31);
        look(2);
        assertThat(fake.pace.factor()).isZero();
        var before = fake.cost("wal-rate");
        look(10);
        assertThat(fake.cost("wal-rate") - before).isEqualTo(10);
    }

    @Test
    void a_job_without_running_slots_loses_nothing_and_gains_nothing() {
        read(Signal.WAL_RATE, 20);
        look(4);
        var factor = fake.pace.factor();
        var before = fake.cost("wal-rate");
        fake.due(false);
        read(Signal.WAL_RATE, 1);
        look(30);
        assertThat(fake.pace.factor()).isEqualTo(factor).isBetween(0.1, 0.9);
        assertThat(fake.cost("wal-rate")).isEqualTo(before);
        fake.due(true);
        look(1);
        assertThat(fake.pace.factor()).isEqualTo(factor);
        assertThat(fake.cost("wal-rate") - before)
                .as("of the second that it went on")
                .isCloseTo(1 - factor, within(1e-9));
    }

    @Test
    void what_was_seen_before_a_pause_is_known_after_it() {
        read(Signal.WAL_RATE, 20);
        look(4);
        var factor = fake.pace.factor();
        read(Signal.WAL_RATE, 1);
        look(3);
        assertThat(fake.pace.factor()).as("three calm looks").isEqualTo(factor);
        fake.due(false);
        look(1);
        fake.due(true);
        look(1);
        assertThat(fake.pace.factor()).as("four").isGreaterThan(factor);
    }

    @Test
    void a_signal_that_cannot_be_read_counts_as_soft_and_after_fifteen_seconds_as_hard() {
        signals.put("wal-rate", Sample.unreadable(Signal.WAL_RATE, "away"));
        look(15);
        assertThat(fake.pace.factor()).isBetween(0.01, 0.9);
        assertThat(fake.last().holding().orElseThrow().sample().note()).isEqualTo("away");
        look(2);
        assertThat(fake.pace.factor()).isZero();
        // Whoever could be read in between begins anew.
        read(Signal.WAL_RATE, 1);
        look(4);
        signals.put("wal-rate", Sample.unreadable(Signal.WAL_RATE, "away"));
        look(5);
        assertThat(fake.pace.factor()).isPositive();
    }

    @Test
    void what_the_spec_says_goes_before_the_settings() {
        wanted = new ThrottleSpec(Map.of("wal-rate", "1kB/none", "probe-latency", "none"), null, List.of(), List.of());
        read(Signal.WAL_RATE, 900);
        read(Signal.PROBE_LATENCY, 900);
        look(5);
        assertThat(fake.pace.factor()).isEqualTo(1);
        read(Signal.WAL_RATE, 3_000);
        look(5);
        assertThat(fake.pace.factor()).isBetween(0.01, 0.9);
    }

    @Test
    void a_specs_own_query_and_address_hold_it_back_too() {
        wanted = new ThrottleSpec(
                Map.of(), null, List.of(new ThrottleSpec.Custom("queue", "q", 100, null)), List.of("http://x/"));
        signals.put("queue", new Sample("queue", Measure.NUMBER, 300.0, null));
        signals.put("http://x/", new Sample("http://x/", Measure.NUMBER, 0.0, "it answers 200"));
        look(5);
        assertThat(fake.pace.factor()).isBetween(0.01, 0.9);
        assertThat(fake.last().holding().orElseThrow().sample().signal()).isEqualTo("queue");
        signals.put("http://x/", new Sample("http://x/", Measure.NUMBER, 1.0, "it answers 503"));
        look(2);
        assertThat(fake.pace.factor()).isZero();
        assertThat(fake.last().holding().orElseThrow().sample().signal()).isEqualTo("http://x/");
    }

    @Test
    void another_coordinator_continues_with_the_stored_factor() {
        fake.pace = new ThrottledJob.Pace(0.3, 30, 1, true, Optional.of(new FullSpeed(100, 4)));
        read(Signal.WAL_RATE, 9);
        look(2);
        assertThat(fake.pace.factor()).isEqualTo(0.3);
        // And when it has led before, it forgets what it knew then.
        fake.pace = new ThrottledJob.Pace(0, 0, 0, true, fake.pace.full());
        now = now.plusSeconds(1);
        throttle.runOnce(LEADER + 2);
        assertThat(fake.pace.factor()).isZero();
    }

    @Test
    void the_full_speed_is_what_was_measured_before_the_job_was_throttled() {
        read(Signal.WAL_RATE, 1);
        fake.pace = new ThrottledJob.Pace(1, 1_000, 4, true, Optional.empty());
        look(1);
        fake.pace = new ThrottledJob.Pace(1, 900, 3, true, Optional.empty());
        look(1);
        read(Signal.WAL_RATE, 25);
        look(3);
        fake.pace = new ThrottledJob.Pace(fake.pace.factor(), 100, 1, true, fake.pace.full());
        look(5);
        var full = fake.pace.full().orElseThrow();
        assertThat(full.rows()).isBetween(950.0, 1_000.0);
        assertThat(full.slots()).isBetween(3.0, 4.0);
    }

    @Test
    void a_throttle_that_can_store_nothing_knows_that_it_is_blind() {
        read(Signal.WAL_RATE, 25);
        look(3);
        assertThat(throttle.blind()).isZero();
        fake.away = true;
        for (var i = 0; i < 5; i++) {
            try {
                look(1);
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("the database is away");
            }
        }
        assertThat(throttle.blind()).isEqualTo(Duration.ofSeconds(5));
    }

    /** One job, its signals and what is stored of it. */
    private final class Fake implements SignalSource, ThrottleRepository {
        private final List<ThrottlePolicy> stored = new ArrayList<>();
        private final Map<String, Double> costs = new HashMap<>();
        private ThrottledJob.Pace pace = new ThrottledJob.Pace(1, 0, 0, true, Optional.empty());
        private boolean away;

        void due(boolean due) {
            pace = new ThrottledJob.Pace(pace.factor(), pace.rowsPerSecond(), pace.running(), due, pace.full());
        }

        double cost(String signal) {
            return costs.getOrDefault(signal, 0.0);
        }

        ThrottlePolicy last() {
            return stored.get(stored.size() - 1);
        }

        @Override
        public List<Sample> server(Set<Signal> some) {
            return some.stream()
                    .filter(signal -> signal != Signal.PROBE_LATENCY)
                    .map(signal -> signals.get(signal.key()))
                    .filter(Objects::nonNull)
                    .toList();
        }

        @Override
        public List<Sample> job(ThrottledJob job, Set<Signal> some) {
            return signals.values().stream()
                    .filter(sample -> !sample.signal().equals("wal-rate"))
                    .toList();
        }

        @Override
        public List<ThrottledJob> jobs() {
            return List.of(new ThrottledJob(1, DEFINITION, List.of(TABLE), wanted, pace));
        }

        @Override
        public void store(long job, ThrottlePolicy policy, Optional<FullSpeed> full, Optional<DelayCost> cost) {
            if (away) {
                throw new IllegalStateException("the database is away");
            }
            stored.add(policy);
            pace = new ThrottledJob.Pace(
                    policy.factor(), pace.rowsPerSecond(), pace.running(), pace.due(), full.or(pace::full));
            cost.ifPresent(delay -> costs.merge(delay.signal(), delay.seconds(), Double::sum));
        }
    }
}
