package dev.backfleet.coordinator.lead;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Who leads, by a lease and a clock that the test holds. */
class LeadershipTest {
    private static final Duration LENGTH = Duration.ofSeconds(10);

    private Duration now = Duration.ZERO;
    private OptionalLong answer = OptionalLong.of(4);
    private boolean away;
    private int givenBack;
    private int outages;
    private final Leadership leadership = new Leadership(new FakeLease(), LENGTH, () -> outages++, () -> now);

    @Test
    void there_is_no_leader_before_the_lease_was_taken() {
        assertThat(leadership.epoch()).isEmpty();
    }

    @Test
    void a_taken_lease_lasts_its_length_from_when_it_was_asked_for() {
        leadership.runOnce();
        assertThat(leadership.epoch()).hasValue(4);
        now = Duration.ofMillis(9_999);
        assertThat(leadership.epoch()).hasValue(4);
        now = LENGTH;
        assertThat(leadership.epoch()).isEmpty();
    }

    @Test
    void a_renewed_lease_lasts_from_the_renewal() {
        leadership.runOnce();
        now = Duration.ofSeconds(8);
        leadership.runOnce();
        now = Duration.ofSeconds(17);
        assertThat(leadership.epoch()).hasValue(4);
    }

    @Test
    void a_leader_that_cannot_renew_stops_by_its_own_clock() {
        leadership.runOnce();
        away = true;
        now = Duration.ofSeconds(9);
        leadership.runOnce();
        assertThat(leadership.epoch()).hasValue(4);
        now = LENGTH;
        leadership.runOnce();
        assertThat(leadership.epoch()).isEmpty();
    }

    @Test
    void a_leader_that_finds_another_leading_stands_by_at_once() {
        leadership.runOnce();
        answer = OptionalLong.empty();
        leadership.runOnce();
        assertThat(leadership.epoch()).isEmpty();
    }

    @Test
    void only_a_leader_gives_the_lease_back() {
        leadership.resign();
        assertThat(givenBack).isZero();
        leadership.runOnce();
        leadership.resign();
        assertThat(givenBack).isEqualTo(1);
        assertThat(leadership.epoch()).isEmpty();
    }

    @Test
    void an_outage_is_over_at_the_first_answer_after_several_failures() {
        leadership.runOnce();
        away = true;
        leadership.runOnce();
        leadership.runOnce();
        assertThat(outages).isZero();
        away = false;
        leadership.runOnce();
        assertThat(outages).isEqualTo(1);
        leadership.runOnce();
        assertThat(outages).as("only once").isEqualTo(1);
    }

    @Test
    void single_failures_are_no_outage() {
        for (var i = 0; i < 3; i++) {
            away = true;
            leadership.runOnce();
            away = false;
            leadership.runOnce();
        }
        assertThat(outages).isZero();
        assertThat(leadership.unanswered()).isEqualTo(3);
    }

    /** A lease that answers what the test says. */
    private final class FakeLease implements Leadership.Lease {
        @Override
        public OptionalLong takeOrRenew(Duration length) {
            if (away) {
                throw new IllegalStateException("away");
            }
            return answer;
        }

        @Override
        public void giveBack() {
            givenBack++;
        }
    }
}
