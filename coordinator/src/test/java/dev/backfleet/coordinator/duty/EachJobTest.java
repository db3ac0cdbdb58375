package dev.backfleet.coordinator.duty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.coordinator.problem.ToldProblems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What fails for one job holds up no other, and is tried again ever later. */
class EachJobTest {
    private final ToldProblems problems = new ToldProblems();
    private final Map<Long, String> told = problems.told;
    private final List<Long> done = new ArrayList<>();
    private Duration now = Duration.ZERO;
    private boolean broken = true;

    private final EachJob each = new EachJob("planning", problems, () -> now);

    private void round() {
        for (long job = 1; job <= 3; job++) {
            var id = job;
            each.run(id, () -> {
                done.add(id);
                if (broken && id == 2) {
                    throw new IllegalStateException("no");
                }
            });
        }
    }

    @Test
    void the_other_jobs_are_processed_and_the_failed_one_has_a_note() {
        round();
        assertThat(done).containsExactly(1L, 2L, 3L);
        assertThat(told).containsExactly(Map.entry(2L, "planning: no"));
    }

    @Test
    void it_is_tried_again_after_pauses_that_double_to_a_minute_and_at_each_round_when_it_succeeds() {
        var tries = new ArrayList<Long>();
        for (var second = 0; second < 200; second++) {
            now = Duration.ofSeconds(second);
            done.clear();
            round();
            if (done.contains(2L)) {
                tries.add((long) second);
            }
        }
        assertThat(tries).containsExactly(0L, 1L, 3L, 7L, 15L, 31L, 63L, 123L, 183L);
        broken = false;
        now = Duration.ofSeconds(243);
        round();
        assertThat(told).isEmpty();
        done.clear();
        round();
        assertThat(done).containsExactly(1L, 2L, 3L);
    }

    @Test
    void what_is_not_the_jobs_ends_the_round() {
        assertThatThrownBy(() -> each.run(1, () -> {
                    throw new IllegalStateException();
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(told).isEmpty();
    }
}
