package dev.backfleet.common.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which servers are former primaries, as far as a process knows. */
class TimelinesTest {
    private final AtomicInteger failovers = new AtomicInteger();
    private final Timelines timelines = new Timelines();

    TimelinesTest() {
        timelines.onFailover(failovers::incrementAndGet);
    }

    @Test
    void a_server_on_a_lower_timeline_than_a_known_one_of_its_system_is_rejected() {
        assertThat(timelines.admits(new Timeline("s", 3))).isTrue();
        assertThat(timelines.admits(new Timeline("s", 2))).isFalse();
        assertThat(timelines.admits(new Timeline("s", 3))).isTrue();
        assertThat(failovers).hasValue(0);
    }

    @Test
    void a_higher_timeline_is_a_failover_and_is_reported_once() {
        timelines.admits(new Timeline("s", 1));
        assertThat(timelines.admits(new Timeline("s", 2))).isTrue();
        timelines.admits(new Timeline("s", 2));
        assertThat(failovers).hasValue(1);
        assertThat(timelines.current()).contains(new Timeline("s", 2));
    }

    @Test
    void the_leaders_heartbeat_counts_like_an_own_connection() {
        timelines.admits(new Timeline("s", 1));
        assertThat(timelines.admitsLeader(new Timeline("s", 2))).isTrue();
        assertThat(failovers).hasValue(1);
        assertThat(timelines.admits(new Timeline("s", 1))).isFalse();
        assertThat(timelines.admitsLeader(new Timeline("s", 1))).isFalse();
    }

    @Test
    void another_system_is_not_compared() {
        timelines.admits(new Timeline("s", 5));
        assertThat(timelines.admits(new Timeline("restored into a new cluster", 1)))
                .isTrue();
        assertThat(failovers).hasValue(0);
    }
}
