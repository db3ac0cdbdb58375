package dev.backfleet.coordinator.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.screen.Screens;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A missed deadline is told as soon as the earliest end of the ETA is later, and as long as the job is unfinished. */
class DeadlineProblemsTest {
    // The ETA of the job is 57 s to 130 s.
    private static final Instant NOW = Screens.NOW;

    private static List<String> told(Screens job) {
        return JobProblems.of(job.workers(1).snapshot()).stream()
                .filter(problem -> problem.code() == ProblemCode.MISSES_DEADLINE)
                .map(Problem::message)
                .toList();
    }

    @Test
    void a_job_that_may_still_be_in_time_has_no_problem() {
        assertThat(told(new Screens())).isEmpty();
        assertThat(told(new Screens().deadline(NOW.plusSeconds(57)))).isEmpty();
        assertThat(told(new Screens().deadline(NOW.plusSeconds(90)))).isEmpty();
    }

    @Test
    void a_job_that_cannot_be_in_time_says_by_how_much_it_is_late_at_least() {
        assertThat(told(new Screens().deadline(NOW.plusSeconds(47))))
                .containsExactly("it will miss its deadline 2026-11-21 10:06:20 UTC by at least 10s");
    }

    @Test
    void without_an_eta_only_a_deadline_that_has_passed_is_told() {
        var paused = new Screens().state(JobState.PAUSED);
        assertThat(told(paused.deadline(NOW.plusSeconds(1)))).isEmpty();
        assertThat(told(paused.deadline(NOW.minusSeconds(65))))
                .containsExactly("its deadline has passed: 2026-11-21 10:04:28 UTC (1m 05s ago)");
    }

    @Test
    void a_job_that_has_ended_misses_nothing_any_more() {
        assertThat(told(new Screens().state(JobState.SUCCEEDED).deadline(NOW.minusSeconds(65))))
                .isEmpty();
    }
}
