package dev.backfleet.common.kafka.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.control.Suspension;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long a proof of hearing is worth something. */
class ControlFreshnessTest {
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final ControlView PAUSED =
            ControlView.UNHEARD.with(Scope.FLEET, new ControlRecord(DesiredState.PAUSE, null, null));

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // nanoTime may overflow
    private final ControlFreshness hearing = new ControlFreshness(SILENCE, Optional.empty(), now::get);

    @Test
    void nothing_is_heard_before_the_first_proof() {
        hearing.changed(ControlView.UNHEARD.withHeard(true));
        assertThat(hearing.view().heard()).isFalse();
    }

    @Test
    void a_proof_is_worth_the_time_of_silence_and_no_more() {
        hearing.proven(ControlView.UNHEARD, now.get());
        now.addAndGet(SILENCE.toNanos());
        assertThat(hearing.view().fleetMayRun()).isTrue();
        now.incrementAndGet();
        assertThat(hearing.view().heard()).isFalse();
        hearing.proven(ControlView.UNHEARD, now.get());
        assertThat(hearing.view().heard()).isTrue();
    }

    @Test
    void the_age_of_a_proof_is_that_of_its_question() {
        var asked = now.get();
        now.addAndGet(SILENCE.toNanos() + 1);
        hearing.proven(ControlView.UNHEARD, asked);
        assertThat(hearing.view().heard()).isFalse();
    }

    @Test
    void what_is_said_counts_at_once_but_proves_nothing() {
        hearing.proven(ControlView.UNHEARD, now.get());
        now.addAndGet(SILENCE.toNanos());
        hearing.changed(PAUSED);
        assertThat(hearing.view().state(Scope.FLEET)).isEqualTo(DesiredState.PAUSE);
        now.incrementAndGet();
        assertThat(hearing.view().heard()).isFalse();
    }

    @Test
    void what_was_wanted_stays_known_when_the_topic_is_lost() {
        hearing.proven(PAUSED, now.get());
        hearing.lost();
        assertThat(hearing.view()).isEqualTo(PAUSED);
        hearing.changed(PAUSED);
        assertThat(hearing.view().heard()).isFalse();
    }

    @Test
    void it_says_why_nothing_is_permitted_and_for_how_long() {
        var led = new ControlFreshness(SILENCE, Optional.of(Duration.ofSeconds(60)), now::get);
        now.addAndGet(1_000_000_000);
        assertThat(led.suspension())
                .contains(new Suspension(NotAccepting.CONTROL_TOPIC_UNREACHABLE, Duration.ofSeconds(1)));
        led.proven(ControlView.UNHEARD, now.get());
        assertThat(led.suspension()).contains(new Suspension(NotAccepting.NO_COORDINATOR, Duration.ofSeconds(1)));
        led.heartbeat();
        assertThat(led.suspension()).isEmpty();
        led.changed(PAUSED);
        now.addAndGet(SILENCE.toNanos());
        assertThat(led.suspension()).contains(new Suspension(NotAccepting.FLEET_PAUSED, SILENCE));
        now.incrementAndGet();
        assertThat(led.suspension())
                .contains(new Suspension(NotAccepting.CONTROL_TOPIC_UNREACHABLE, SILENCE.plusNanos(1)));
    }

    private static final Duration LEADERLESS = Duration.ofSeconds(4);

    private ControlFreshness underALeader() {
        var led = new ControlFreshness(SILENCE, Optional.of(LEADERLESS), now::get);
        led.proven(ControlView.UNHEARD, now.get());
        return led;
    }

    @Test
    void without_a_coordinators_sign_of_life_nothing_is_permitted_where_one_is_needed() {
        var led = underALeader();
        assertThat(led.view().heard()).isTrue();
        assertThat(led.view().fleetMayRun()).isFalse();
        led.heartbeat();
        assertThat(led.view().fleetMayRun()).isTrue();
    }

    @Test
    void a_sign_of_life_is_worth_its_time_and_no_more_and_a_standby_in_time_goes_unnoticed() {
        var led = underALeader();
        led.heartbeat();
        now.addAndGet(LEADERLESS.toNanos());
        led.proven(ControlView.UNHEARD, now.get());
        assertThat(led.view().mayRun(1)).isTrue();
        // Whoever gives it: another coordinator, just in time.
        led.heartbeat();
        now.addAndGet(LEADERLESS.toNanos());
        led.proven(ControlView.UNHEARD, now.get());
        assertThat(led.view().mayRun(1)).isTrue();
        now.incrementAndGet();
        assertThat(led.view().heard()).isTrue();
        assertThat(led.view().mayRun(1)).isFalse();
    }

    @Test
    void a_sign_of_life_that_was_read_late_counts_as_old_as_the_last_proof() {
        var led = underALeader();
        // The process was frozen, and finds in its buffer what was said long ago.
        now.addAndGet(LEADERLESS.toNanos() + 1);
        led.heartbeat();
        assertThat(led.view().mayRun(1)).isFalse();
    }
}
