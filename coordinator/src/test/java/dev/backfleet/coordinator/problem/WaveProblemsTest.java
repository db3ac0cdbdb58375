package dev.backfleet.coordinator.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.query.WaveStatus;
import dev.backfleet.coordinator.screen.Screens;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a job between two waves says that it waits for. */
class WaveProblemsTest {

    private static WaveStatus wave(int number, long nextInSeconds, WaveStatus.@Nullable Check check) {
        return new WaveStatus(
                number, 3, 0, Screens.NOW.minusSeconds(700), Screens.NOW.plusSeconds(nextInSeconds), true, check);
    }

    private static WaveStatus.Check check(JobState state, @Nullable Long wrong) {
        return new WaveStatus.Check("j.reconcile", state, Screens.NOW.minusSeconds(60), wrong);
    }

    private static Problem of(WaveStatus wave) {
        return WaveProblems.of("j", wave, Screens.NOW).orElseThrow();
    }

    @Test
    void a_wave_that_is_reconciled_says_what_it_waits_for_and_whether_that_ends_by_itself() {
        assertThat(of(wave(1, -1, null)).message()).contains("which begins now");
        var running = of(wave(1, -1, check(JobState.RUNNING, null)));
        assertThat(running.code()).isEqualTo(ProblemCode.WAVE_NOT_RECONCILED);
        assertThat(running.message()).contains("waits for j.reconcile", "is RUNNING");
        assertThat(running.since()).isEqualTo(Screens.NOW.minusSeconds(700));
        assertThat(running.goesOnByItself()).isTrue();
        var wrong = of(wave(1, -1, check(JobState.SUCCEEDED, 12L)));
        assertThat(wrong.message()).contains("has found 12 rows wrong or in quarantine");
        assertThat(wrong.remedy()).contains("'backfleet reconcile j' compares again", "'backfleet promote j'");
        assertThat(wrong.goesOnByItself()).isFalse();
        assertThat(of(wave(1, -1, check(JobState.CANCELLED, null))).goesOnByItself())
                .isFalse();
        assertThat(of(wave(1, -1, check(JobState.SUCCEEDED, 0L))).goesOnByItself())
                .isTrue();
    }

    @Test
    void during_the_soak_time_and_after_the_last_wave_there_is_nothing_to_say() {
        assertThat(WaveProblems.of("j", wave(1, 60, null), Screens.NOW)).isEmpty();
        assertThat(WaveProblems.of("j", wave(3, -1, null), Screens.NOW)).isEmpty();
    }
}
