package dev.backfleet.common.kafka.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long a proof of hearing is worth something. */
class HearingTest {
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final ControlView PAUSED =
            ControlView.UNHEARD.with(Scope.FLEET, new ControlRecord(DesiredState.PAUSE, null, null));

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // nanoTime may overflow
    private final Hearing hearing = new Hearing(SILENCE, now::get);

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
}
