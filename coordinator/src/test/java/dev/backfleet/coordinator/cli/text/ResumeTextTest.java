package dev.backfleet.coordinator.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.control.ControlStore.Hold;
import dev.backfleet.coordinator.operation.control.Resume.Resumed;
import dev.backfleet.coordinator.operation.control.Resume.SpentBudget;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A resume says what runs, and what does not. */
class ResumeTextTest {
    private static final Hold FLEET =
            new Hold(Scope.FLEET, null, "ann", Instant.parse("2026-01-02T03:04:05Z"), "disk full");

    private static Resumed resumed(Scope scope, Optional<JobState> state, boolean wasHeld, List<Hold> stillHeld) {
        return new Resumed(scope, state, wasHeld, stillHeld, Optional.empty(), Optional.empty());
    }

    private static Hold job(long id) {
        return new Hold(Scope.job(id), "job-" + id, "bob", null, "paused by bob");
    }

    @Test
    void what_runs_again_is_one_line() {
        assertThat(ResumeText.lines("j", resumed(Scope.job(1), Optional.of(JobState.RUNNING), true, List.of())))
                .containsExactly("resumed j");
        assertThat(ResumeText.lines(null, resumed(Scope.FLEET, Optional.empty(), true, List.of())))
                .containsExactly("resumed the fleet");
    }

    @Test
    void an_error_budget_that_is_still_spent_is_said() {
        var spent = new Resumed(
                Scope.job(1),
                Optional.of(JobState.RUNNING),
                true,
                List.of(),
                Optional.empty(),
                Optional.of(new SpentBudget(1_001, 1_000, "0.1%")));
        assertThat(ResumeText.lines("j", spent))
                .containsExactly(
                        "resumed j",
                        "the error budget of j is still spent (1,001 quarantined; 1,000 rows and 0.1% of the scanned rows may "
                                + "be): the next rejected row halts the job again. 'backfleet quarantine j --retry' retries the "
                                + "rows, 'backfleet set j --error-budget-rows N' raises the budget");
    }

    @Test
    void what_was_not_paused_is_said() {
        assertThat(ResumeText.lines("j", resumed(Scope.job(1), Optional.of(JobState.RUNNING), false, List.of())))
                .containsExactly("j was not paused: it is RUNNING");
        assertThat(ResumeText.lines("j", resumed(Scope.tenant(1, "7"), Optional.empty(), false, List.of())))
                .containsExactly("tenant 7 of j was not paused");
    }

    @Test
    void what_still_holds_it_is_named_with_its_author() {
        var tenants = List.of(FLEET, new Hold(Scope.tenant(1, "7"), "j", "bob", null, null));
        assertThat(ResumeText.lines("j", resumed(Scope.job(1), Optional.of(JobState.RUNNING), true, tenants)))
                .containsExactly(
                        "resumed j",
                        "the fleet is still paused by ann since 2026-01-02 03:04:05 UTC (disk full): "
                                + "'backfleet resume' resumes it",
                        "1 tenant of j is still paused: 7");
        assertThat(ResumeText.lines(null, resumed(Scope.FLEET, Optional.empty(), true, List.of(job(1)))))
                .containsExactly("resumed the fleet", "job-1 is still paused by bob");
        var many = LongStream.rangeClosed(1, 7).mapToObj(ResumeTextTest::job).toList();
        assertThat(ResumeText.lines(null, resumed(Scope.FLEET, Optional.empty(), true, many)))
                .containsExactly(
                        "resumed the fleet", "7 jobs are still paused: job-1, job-2, job-3, job-4, job-5 and 2 more");
    }
}
