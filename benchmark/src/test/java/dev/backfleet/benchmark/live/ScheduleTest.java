package dev.backfleet.benchmark.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Turns, and what they are held against. */
class ScheduleTest {
    private static final Percentage ABOUT = Percentage.withPercentage(1);

    private final Schedule schedule = new Schedule(0, 10);
    private long now;

    @Test
    void each_turn_beside_the_backfill_is_held_against_the_one_alone_that_follows_it() {
        turn(Phase.ALONE, 500);
        turn(Phase.BESIDE, 4);
        turn(Phase.ALONE, 2);
        turn(Phase.BETWEEN, 900);
        // A busy moment, for both.
        turn(Phase.BESIDE, 90);
        turn(Phase.ALONE, 30);
        // It came to its end: none follows.
        turn(Phase.BESIDE, 150);

        var slowdowns = schedule.slowdowns();

        assertThat(slowdowns.min()).isCloseTo(2, ABOUT);
        assertThat(slowdowns.median()).isCloseTo(3, ABOUT);
        assertThat(slowdowns.max()).isCloseTo(5, ABOUT);
    }

    @Test
    void while_the_backfill_finds_its_speed_nothing_is_counted() {
        pair(900, 2);
        schedule.settled();
        pair(6, 2);

        assertThat(schedule.slowdowns().max()).isCloseTo(3, ABOUT);
        assertThat(schedule.traffic(Phase.BESIDE).max()).isCloseTo(6, ABOUT);
        assertThat(schedule.traffic(Phase.ALONE).transactions()).isEqualTo(1);
    }

    @Test
    void what_it_says_of_itself_is_the_median_of_its_last_three_pairs_from_the_first_turn_on() {
        turn(Phase.ALONE, 2);
        assertThat(schedule.slowdownOfLate()).isEmpty();
        turn(Phase.BESIDE, 8);
        assertThat(schedule.slowdownOfLate()).as("it is not over").isEmpty();
        schedule.enter(Phase.BETWEEN, ++now);
        says(4);
        turn(Phase.ALONE, 4);
        schedule.enter(Phase.BETWEEN, ++now);
        says(2);

        schedule.settled();
        pair(30, 10);
        pair(30, 10);
        // One moment in which the disk stood still is not how it is.
        pair(900, 2);
        says(3);
        pair(2, 2);
        pair(2, 2);
        says(1);
        // Everything stands still: what is due in these turns has not ended.
        for (var i = 0; i < 3; i++) {
            schedule.enter(Phase.BESIDE, ++now);
            schedule.enter(Phase.ALONE, ++now);
        }
        schedule.enter(Phase.BETWEEN, ++now);
        says(1);
    }

    private void pair(long beside, long alone) {
        turn(Phase.BESIDE, beside);
        turn(Phase.BETWEEN, 900);
        turn(Phase.ALONE, alone);
        turn(Phase.BETWEEN, 900);
    }

    private void turn(Phase phase, long milliseconds) {
        schedule.enter(phase, ++now);
        schedule.turn(now).add(milliseconds * 1_000_000, Optional.empty());
    }

    private void says(double slowdown) {
        assertThat(schedule.slowdownOfLate().orElseThrow()).isCloseTo(slowdown, ABOUT);
    }
}
