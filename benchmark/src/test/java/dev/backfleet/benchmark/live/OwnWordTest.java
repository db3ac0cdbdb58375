package dev.backfleet.benchmark.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Recorder;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** What the application says of itself, second by second. */
class OwnWordTest {
    private final Recorder latencies = new Recorder(3);
    private final OwnWord word = new OwnWord(latencies);

    @Test
    void one_bad_second_is_not_how_the_application_is_and_three_of_five_are() {
        says(second(2, Phase.BETWEEN), 2);
        second(2, Phase.BETWEEN);
        says(second(90, Phase.BESIDE), 2);
        second(90, Phase.BESIDE);
        says(second(90, Phase.BESIDE), 90);
        second(3, Phase.BESIDE);
        second(3, Phase.BESIDE);
        says(second(3, Phase.BESIDE), 3);
    }

    @Test
    void while_its_backfill_is_paused_it_says_what_it_said_before() {
        second(8, Phase.BESIDE);
        for (var i = 0; i < 6; i++) {
            says(second(2, Phase.ALONE), 8);
        }
        // Of this second it was alone for a part.
        says(second(2, Phase.BESIDE), 8);
    }

    @Test
    void a_second_in_which_nothing_ended_is_as_bad_as_the_whole_of_it() {
        says(word.next(Phase.BESIDE).orElseThrow(), 1_000);
    }

    @Test
    void it_learns_the_worst_that_it_said_in_the_same_way_while_it_was_alone() {
        for (var i = 0; i < 3; i++) {
            second(90, Phase.BETWEEN);
        }
        second(2, Phase.LEARNING);
        for (var worst = 1; worst <= 5; worst++) {
            assertThat(word.worstLearned()).isEmpty();
            second(worst, Phase.LEARNING);
        }
        says(word.worstLearned().orElseThrow(), 3);
        second(6, Phase.LEARNING);
        says(word.worstLearned().orElseThrow(), 4);
        second(1, Phase.LEARNING);
        second(1, Phase.LEARNING);
        second(90, Phase.BETWEEN);
        second(90, Phase.BETWEEN);
        says(word.worstLearned().orElseThrow(), 4);
    }

    @Test
    void who_has_only_been_alone_has_said_nothing_yet() {
        latencies.recordValue(1_000_000);
        assertThat(word.next(Phase.ALONE)).isEmpty();
    }

    private double second(int milliseconds, Phase phase) {
        for (var i = 0; i < 100; i++) {
            latencies.recordValue(milliseconds * 1_000_000L);
        }
        return word.next(phase).orElseThrow();
    }

    private static void says(double said, double milliseconds) {
        assertThat(said).isCloseTo(milliseconds, Percentage.withPercentage(1));
    }
}
