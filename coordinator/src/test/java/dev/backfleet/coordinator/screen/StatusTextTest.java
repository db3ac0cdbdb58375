package dev.backfleet.coordinator.screen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import org.junit.jupiter.api.Test;

/** A job's status as text. */
class StatusTextTest {
    private static final Look PLAIN = new Look(80, 24, false);

    @Test
    void the_state_comes_first_then_what_is_to_know_then_the_figures() {
        var snapshot = new Screens().fleetPaused("ann", "lag").workers(1).snapshot();
        assertThat(String.join("\n", StatusText.lines(snapshot, PLAIN))).isEqualTo("""
                state      RUNNING
                           THE FLEET IS PAUSED by ann since 2026-11-21 10:04:33 UTC: lag;
                           'backfleet resume' lets it go on
                job        split-names (id 7)
                table      public.people
                progress   51.2 %
                rows       512,345 of about 1,000,000 walked, 500,123 changed
                rate       24,310 rows/s, limit 50,000 rows/s
                ETA        1m 05s
                shards     10 of 20 done, 4 running, 2 dispatched, 4 pending
                settings   concurrency 8, batches of 100ms, priority normal
                workers    3
                submitted  2026-11-21 10:03:53 UTC (1m 40s ago)
                started    2026-11-21 10:04:03 UTC (1m 30s ago)
                last batch 2026-11-21 10:05:32 UTC (1s ago)
                elapsed    1m 30s""");
    }

    @Test
    void a_job_that_is_over_has_an_average_rate_and_no_time_left() {
        var snapshot = new Screens().state(JobState.SUCCEEDED).snapshot();
        assertThat(StatusText.lines(snapshot, PLAIN))
                .contains(
                        "rows       512,345 walked, 500,123 changed",
                        "rate       7,144 rows/s on average",
                        "elapsed    1m 10s")
                .contains("finished   2026-11-21 10:05:13 UTC (20s ago)")
                .noneMatch(line -> line.startsWith("ETA") || line.startsWith("workers"));
    }

    @Test
    void a_closed_window_is_told_first_with_the_time_at_which_it_opens() {
        var lines = StatusText.lines(new Screens().window(false).snapshot(), PLAIN);
        assertThat(String.join("\n", lines.subList(0, 3))).isEqualTo("""
                state      RUNNING
                           outside of its time window (22:00-06:00 Europe/Berlin): waits until
                           2026-11-21 11:15 Europe/Berlin, then goes on by itself""");
        assertThat(StatusText.lines(new Screens().window(true).snapshot(), PLAIN))
                .contains(
                        "settings   concurrency 8, batches of 100ms, priority normal, window 22:00-06:00 Europe/Berlin")
                .noneMatch(line -> line.contains("outside of its time window"));
    }

    @Test
    void a_line_for_the_log_holds_the_key_figures() {
        assertThat(ProgressLine.of(new Screens().snapshot()))
                .isEqualTo("2026-11-21T10:05:33Z split-names RUNNING: 51.2 %, 512,345 of about 1,000,000 walked,"
                        + " 500,123 changed, 24,310/s, ETA 1m 05s, 10/20 shards, 3 workers");
    }
}
