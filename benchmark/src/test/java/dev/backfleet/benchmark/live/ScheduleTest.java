package dev.backfleet.benchmark.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Turns, and what they are held against. */
class ScheduleTest {
    private final Schedule schedule = new Schedule(0, 10);
    private long now;

    @Test
    void each_turn_beside_the_backfill_is_held_against_the_one_alone_that_follows_it() {
        turn(Phase.LEARNING, 500);
        turn(Phase.BESIDE, 4);
        turn(Phase.ALONE, 2);
        turn(Phase.BETWEEN, 900);
        // A busy moment, for both.
        turn(Phase.BESIDE, 90);
        turn(Phase.ALONE, 30);
        // It came to its end: none follows.
        turn(Phase.BESIDE, 150);

        var slowdowns = schedule.slowdowns();

        assertThat(slowdowns.min()).isCloseTo(2, Percentage.withPercentage(1));
        assertThat(slowdowns.median()).isCloseTo(3, Percentage.withPercentage(1));
        assertThat(slowdowns.max()).isCloseTo(5, Percentage.withPercentage(1));
    }

    private void turn(Phase phase, long milliseconds) {
        schedule.enter(phase, ++now);
        schedule.turn(now).add(milliseconds * 1_000_000, Optional.empty());
    }
}
