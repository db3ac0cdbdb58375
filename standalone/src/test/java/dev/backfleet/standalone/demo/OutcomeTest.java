package dev.backfleet.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.JobTime;
import dev.backfleet.standalone.postgres.DemoTable.Verdict;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a demo counts as successful, and what it prints. */
class OutcomeTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void every_row_changed_once_is_clean_and_the_summary_has_the_figures() {
        var outcome = outcome(new Verdict(1_000_000, 0, 0, 0), JobState.SUCCEEDED, 1_000_000, null);

        assertThat(outcome.clean()).isTrue();
        assertThat(outcome.lines())
                .contains(
                        "Every row was changed exactly once.",
                        "  rows changed     1,000,000 of 1,000,000",
                        "  missing          0",
                        "  wrong            0",
                        "  changed twice    0",
                        "  time             8.0 s",
                        "  rate             125,000 rows/s on average",
                        "  the kill         cost nothing");
    }

    @Test
    void a_row_that_is_missing_changed_twice_or_wrong_is_not_clean() {
        assertThat(outcome(new Verdict(10, 1, 0, 0), JobState.SUCCEEDED, 10, null)
                        .clean())
                .isFalse();
        assertThat(outcome(new Verdict(10, 0, 1, 0), JobState.SUCCEEDED, 10, null)
                        .clean())
                .isFalse();
        assertThat(outcome(new Verdict(10, 0, 0, 1), JobState.SUCCEEDED, 10, null)
                        .clean())
                .isFalse();
        assertThat(outcome(new Verdict(11, 0, 0, 0), JobState.SUCCEEDED, 10, null)
                        .clean())
                .isFalse();
    }

    @Test
    void checkpoints_that_count_otherwise_are_not_clean() {
        assertThat(outcome(new Verdict(10, 0, 0, 0), JobState.SUCCEEDED, 9, null)
                        .clean())
                .isFalse();
    }

    @Test
    void a_job_that_failed_is_not_clean_and_says_why() {
        var outcome = outcome(new Verdict(10, 0, 0, 0), JobState.FAILED, 10, "value too long");

        assertThat(outcome.clean()).isFalse();
        assertThat(outcome.lines()).contains("  value too long").anyMatch(line -> line.contains("FAILED"));
    }

    private static Outcome outcome(Verdict verdict, JobState state, long counted, @Nullable String error) {
        var rows = verdict.found() > 11 ? verdict.found() : 10;
        var job = new JobStatus(
                1,
                "split-names",
                "public.customers",
                state,
                new JobStatus.Rows(rows, counted, counted, 0, 0),
                100,
                new JobStatus.Shards(20, 0, 0, 0, 20, 0),
                new JobStatus.Rate(null, null),
                null,
                null,
                null,
                START,
                START,
                START.plusSeconds(8),
                error,
                null,
                0,
                false,
                JobStatus.Throttled.NOT,
                null,
                new JobStatus.Settings(8, "100ms", null, "normal", "fire", 1_000, "0.1%"),
                null,
                0,
                null,
                null,
                JobStatus.Findings.NONE,
                JobStatus.Activity.NONE,
                JobTime.NONE,
                null);
        return new Outcome(rows, verdict, job, Optional.of("cost nothing"));
    }
}
