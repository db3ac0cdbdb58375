package dev.backfleet.coordinator.lead;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.metric.DutyName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The leader's short duties, each at its own pace, by a clock that the test holds. */
class LeaderLoopTest {
    private static final Duration TICK = Duration.ofMillis(200);

    private final List<String> done = new ArrayList<>();
    private Duration now = Duration.ZERO;

    private LeaderLoop loop(Duty... duties) {
        return new LeaderLoop(
                List.of(duties), TICK, new MeasuredDuties(new SimpleMeterRegistry(), () -> now, lost -> {}), () -> now);
    }

    private Runnable does(String what) {
        return () -> done.add(what);
    }

    @Test
    void a_duty_that_fails_keeps_none_of_the_others_from_being_done() {
        var loop = loop(
                Duty.eachRound(DutyName.DISPATCH, epoch -> {
                    done.add("dispatch");
                    throw new IllegalStateException("no");
                }),
                Duty.eachTick(DutyName.REAP, () -> {
                    done.add("reap");
                    throw new AssertionError("no");
                }),
                Duty.every(TICK, DutyName.ROLLOUTS, does("rollouts")));
        loop.runOnce(1, false);
        assertThat(done).containsExactly("dispatch", "reap", "rollouts");
    }

    @Test
    void an_event_causes_a_round_of_the_duties_of_each_round_only() {
        var loop = loop(
                Duty.eachRound(DutyName.DISPATCH, epoch -> done.add("dispatch")),
                Duty.eachTick(DutyName.REAP, does("reap")));
        loop.runOnce(1, true);
        loop.runOnce(1, true);
        assertThat(done).containsExactly("dispatch", "reap", "dispatch");
    }

    @Test
    void many_events_do_not_delay_the_duties_of_each_tick() {
        var loop = loop(Duty.eachTick(DutyName.REAP, does("reap")));
        for (var event = 0; event <= 100; event++) {
            loop.runOnce(1, true);
            now = now.plusMillis(10);
        }
        assertThat(done).hasSize(6);
    }

    @Test
    void a_duty_with_an_interval_runs_once_per_interval_however_many_rounds_there_are() {
        var loop = loop(Duty.every(Duration.ofSeconds(1), DutyName.PROGRESS, does("progress")));
        loop.runOnce(1, false);
        now = Duration.ofMillis(999);
        loop.runOnce(1, false);
        loop.runOnce(1, true);
        assertThat(done).hasSize(1);
        now = Duration.ofSeconds(1);
        loop.runOnce(1, false);
        assertThat(done).hasSize(2);
    }

    @Test
    void each_thread_of_a_duty_has_a_name_of_its_own() {
        var names = new ThreadNames();
        assertThat(List.of(names.next(DutyName.PLAN), names.next(DutyName.SPLIT), names.next(DutyName.PLAN)))
                .containsExactly("plan", "split", "plan-2");
    }

    @Test
    void a_duty_is_given_the_epoch_under_which_this_coordinator_leads() {
        loop(Duty.eachRound(DutyName.DISPATCH, epoch -> done.add("epoch " + epoch)))
                .runOnce(7, true);
        assertThat(done).containsExactly("epoch 7");
    }
}
