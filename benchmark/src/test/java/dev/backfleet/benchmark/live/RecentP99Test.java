package dev.backfleet.benchmark.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Recorder;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** What the application says of itself, second by second. */
class RecentP99Test {
    private final Recorder latencies = new Recorder(3);
    private final RecentP99 recent = new RecentP99(latencies);

    @Test
    void one_bad_second_is_not_how_the_application_is_and_three_of_five_are() {
        assertThat(second(2)).isCloseTo(2, Percentage.withPercentage(1));
        second(2);
        assertThat(second(90)).isCloseTo(2, Percentage.withPercentage(1));
        second(90);
        assertThat(second(90)).isCloseTo(90, Percentage.withPercentage(1));
        second(3);
        second(3);
        assertThat(second(3)).isCloseTo(3, Percentage.withPercentage(1));
    }

    @Test
    void who_has_ended_nothing_has_no_p99() {
        assertThat(recent.next()).isEmpty();
        second(2);
        assertThat(recent.next()).isEmpty();
    }

    private double second(int milliseconds) {
        for (var i = 0; i < 100; i++) {
            latencies.recordValue(milliseconds * 1_000_000L);
        }
        return recent.next().orElseThrow();
    }
}
