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

/** How long a proof and a heartbeat are valid. */
class ControlFreshnessTest {
    private static final Duration PROOF_TIMEOUT = Duration.ofSeconds(10);
    private static final ControlView PAUSED =
            ControlView.DISCONNECTED.with(Scope.FLEET, new ControlRecord(DesiredState.PAUSE, null, null));

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // nanoTime may overflow
    private final ControlFreshness freshness = new ControlFreshness(PROOF_TIMEOUT, Optional.empty(), now::get);

    @Test
    void nothing_is_connected_before_the_first_proof() {
        freshness.changed(ControlView.DISCONNECTED.withConnected(true));
        assertThat(freshness.view().connected()).isFalse();
    }

    @Test
    void a_proof_expires_after_its_timeout() {
        freshness.proven(ControlView.DISCONNECTED, now.get());
        now.addAndGet(PROOF_TIMEOUT.toNanos());
        assertThat(freshness.view().fleetMayRun()).isTrue();
        now.incrementAndGet();
        assertThat(freshness.view().connected()).isFalse();
        freshness.proven(ControlView.DISCONNECTED, now.get());
        assertThat(freshness.view().connected()).isTrue();
    }

    @Test
    void the_age_of_a_proof_is_that_of_its_question() {
        var asked = now.get();
        now.addAndGet(PROOF_TIMEOUT.toNanos() + 1);
        freshness.proven(ControlView.DISCONNECTED, asked);
        assertThat(freshness.view().connected()).isFalse();
    }

    @Test
    void what_is_said_counts_at_once_but_proves_nothing() {
        freshness.proven(ControlView.DISCONNECTED, now.get());
        now.addAndGet(PROOF_TIMEOUT.toNanos());
        freshness.changed(PAUSED);
        assertThat(freshness.view().state(Scope.FLEET)).isEqualTo(DesiredState.PAUSE);
        now.incrementAndGet();
        assertThat(freshness.view().connected()).isFalse();
    }

    @Test
    void what_was_wanted_stays_known_when_the_topic_is_lost() {
        freshness.proven(PAUSED, now.get());
        freshness.lost();
        assertThat(freshness.view()).isEqualTo(PAUSED);
        freshness.changed(PAUSED);
        assertThat(freshness.view().connected()).isFalse();
    }

    @Test
    void it_says_why_nothing_is_permitted_and_for_how_long() {
        var led = new ControlFreshness(PROOF_TIMEOUT, Optional.of(Duration.ofSeconds(60)), now::get);
        now.addAndGet(1_000_000_000);
        assertThat(led.suspension())
                .contains(new Suspension(NotAccepting.CONTROL_TOPIC_UNREACHABLE, Duration.ofSeconds(1)));
        led.proven(ControlView.DISCONNECTED, now.get());
        assertThat(led.suspension()).contains(new Suspension(NotAccepting.NO_COORDINATOR, Duration.ofSeconds(1)));
        led.heartbeat();
        assertThat(led.suspension()).isEmpty();
        led.changed(PAUSED);
        now.addAndGet(PROOF_TIMEOUT.toNanos());
        assertThat(led.suspension()).contains(new Suspension(NotAccepting.FLEET_PAUSED, PROOF_TIMEOUT));
        now.incrementAndGet();
        assertThat(led.suspension())
                .contains(new Suspension(NotAccepting.CONTROL_TOPIC_UNREACHABLE, PROOF_TIMEOUT.plusNanos(1)));
    }

    private static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(4);

    private ControlFreshness underALeader() {
        var led = new ControlFreshness(PROOF_TIMEOUT, Optional.of(HEARTBEAT_TIMEOUT), now::get);
        led.proven(ControlView.DISCONNECTED, now.get());
        return led;
    }

    @Test
    void without_a_heartbeat_nothing_is_permitted_where_one_is_needed() {
        var led = underALeader();
        assertThat(led.view().connected()).isTrue();
        assertThat(led.view().fleetMayRun()).isFalse();
        led.heartbeat();
        assertThat(led.view().fleetMayRun()).isTrue();
    }

    @Test
    void a_heartbeat_expires_after_its_timeout_and_a_standby_in_time_goes_unnoticed() {
        var led = underALeader();
        led.heartbeat();
        now.addAndGet(HEARTBEAT_TIMEOUT.toNanos());
        led.proven(ControlView.DISCONNECTED, now.get());
        assertThat(led.view().mayRun(1)).isTrue();
        // Another coordinator's heartbeat, just in time.
        led.heartbeat();
        now.addAndGet(HEARTBEAT_TIMEOUT.toNanos());
        led.proven(ControlView.DISCONNECTED, now.get());
        assertThat(led.view().mayRun(1)).isTrue();
        now.incrementAndGet();
        assertThat(led.view().connected()).isTrue();
        assertThat(led.view().mayRun(1)).isFalse();
    }

    @Test
    void a_heartbeat_that_was_read_late_counts_as_old_as_the_last_proof() {
        var led = underALeader();
        // The process was frozen, and reads old records from its buffer.
        now.addAndGet(HEARTBEAT_TIMEOUT.toNanos() + 1);
        led.heartbeat();
        assertThat(led.view().mayRun(1)).isFalse();
    }
}
