package dev.backfleet.coordinator.duty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.problem.ToldProblems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rows per second over about the last ten seconds. */
class ProgressMeterTest {
    private final Map<Long, ProgressMeter.Count> counts = new HashMap<>();
    private final List<ProgressMeter.Speed> stored = new ArrayList<>();
    private Duration now = Duration.ZERO;
    private final ProgressMeter meter = new ProgressMeter(
            new ProgressMeter.Counts() {
                @Override
                public Map<Long, ProgressMeter.Count> counts() {
                    return counts;
                }

                @Override
                public void store(long job, ProgressMeter.Speed speed) {
                    if (job == 7) {
                        throw new IllegalStateException("no");
                    }
                    stored.add(speed);
                }
            },
            () -> now,
            new EachJob("measuring", new ToldProblems(), () -> now));

    private void second(long changed, long walked) {
        counts.put(1L, new ProgressMeter.Count(changed, walked));
        now = now.plusSeconds(1);
        meter.runOnce();
    }

    @Test
    void a_speed_is_known_from_the_second_measurement_on() {
        second(100, 200);
        assertThat(stored).isEmpty();
        second(150, 400);
        assertThat(stored).containsExactly(new ProgressMeter.Speed(50, 200));
    }

    @Test
    void only_the_last_ten_seconds_count() {
        second(1_000_000, 1_000_000);
        second(2_000_000, 2_000_000);
        for (var i = 1; i <= 10; i++) {
            second(2_000_000 + i * 100, 2_000_000 + i * 100);
        }
        assertThat(stored.get(stored.size() - 1)).isEqualTo(new ProgressMeter.Speed(100, 100));
    }

    @Test
    void a_job_whose_speed_cannot_be_stored_keeps_no_other_from_being_measured() {
        counts.put(7L, new ProgressMeter.Count(0, 0));
        second(100, 200);
        second(150, 400);
        assertThat(stored).containsExactly(new ProgressMeter.Speed(50, 200));
    }

    @Test
    void a_job_that_was_resumed_is_measured_anew() {
        second(100, 100);
        counts.clear();
        now = now.plusSeconds(600);
        meter.runOnce();
        second(100, 100);
        assertThat(stored).isEmpty();
    }
}
