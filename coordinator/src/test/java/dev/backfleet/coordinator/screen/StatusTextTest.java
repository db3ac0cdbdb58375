package dev.backfleet.coordinator.screen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.throttle.Measure;
import dev.backfleet.coordinator.forecast.Forecast;
import dev.backfleet.coordinator.forecast.SavedForecast;
import dev.backfleet.coordinator.query.JobCost;
import dev.backfleet.coordinator.query.JobStatus.Throttled;
import dev.backfleet.coordinator.query.JobTime;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.timekeeping.TimeCause;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A job's status as text. */
class StatusTextTest {
    private static final double MB = 1 << 20;
    private static final TerminalCapabilities PLAIN = new TerminalCapabilities(80, 24, false);

    @Test
    void the_state_comes_first_then_what_is_to_know_then_the_figures() {
        var snapshot = new Screens().fleetPaused("ann", "lag").workers(1).snapshot();
        assertThat(String.join("\n", StatusText.lines(snapshot, PLAIN))).isEqualTo("""
                state      RUNNING
                           THE FLEET IS PAUSED by ann since 2026-11-21 10:04:33 UTC: lag;
                           'backfleet resume' resumes it
                job        split-names (id 7)
                table      public.people
                progress   51.2 %
                rows       512,345 of about 1,000,000 scanned, 500,123 changed
                rate       24,310 rows/s, limit 50,000 rows/s
                ETA        57s to 2m 10s
                shards     10 of 20 done, 4 running, 2 dispatched, 4 pending
                settings   concurrency 8, batches of 100ms, priority normal
                workers    3
                submitted  2026-11-21 10:03:53 UTC (1m 40s ago)
                started    2026-11-21 10:04:03 UTC (1m 30s ago)
                last batch 2026-11-21 10:05:32 UTC (1s ago)
                elapsed    1m 30s""");
    }

    @Test
    void a_finished_job_has_an_average_rate_and_no_remaining_time() {
        var snapshot = new Screens().state(JobState.SUCCEEDED).snapshot();
        assertThat(StatusText.lines(snapshot, PLAIN))
                .contains(
                        "rows       512,345 scanned, 500,123 changed",
                        "rate       7,144 rows/s on average",
                        "elapsed    1m 10s")
                .contains("finished   2026-11-21 10:05:13 UTC (20s ago)")
                .noneMatch(line -> line.startsWith("ETA") || line.startsWith("workers"));
    }

    @Test
    void what_a_finished_job_has_cost_stands_beside_what_was_forecast() {
        var snapshot = new Screens().state(JobState.SUCCEEDED).snapshot();
        var stored = new JobCost.Stored(
                300 * MB,
                500_123,
                false,
                33L << 20,
                -4096L,
                12L << 20,
                Screens.NOW,
                new JobCost.Planned(
                        Screens.NOW.minusSeconds(120),
                        new SavedForecast(
                                500_000,
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(95),
                                new Forecast.Bytes(250 << 20, 400 << 20),
                                47 << 20,
                                0,
                                8)));
        assertThat(cost(snapshot.with(JobCost.of(snapshot.job(), stored, Screens.NOW))))
                .isEqualTo("""
                cost       time     1m 20s                  forecast 1m 00s to 1m 35s
                           rows     500,123                 forecast about 500,000
                           WAL      300MB                   forecast 250MB to 400MB
                           table    +33MB                   forecast +47MB
                           indexes  -4kB                    forecast +0B
                           kept     12MB of old values
                           forecast from a plan of 2026-11-21 10:03:33 UTC (2m 00s ago), for 8 slots""");
        assertThat(cost(snapshot.with(JobCost.of(snapshot.job(), null, Screens.NOW))))
                .contains(
                        "WAL      unknown: the job was submitted before the release that measures it",
                        "forecast none: no plan has measured this spec");
        assertThat(cost(snapshot)).isEmpty();
    }

    private static String cost(Snapshot snapshot) {
        return String.join(
                "\n",
                StatusText.lines(snapshot, PLAIN).stream()
                        .dropWhile(line -> !line.startsWith("cost"))
                        .toList());
    }

    @Test
    void a_closed_window_is_shown_first_with_the_time_at_which_it_opens() {
        var lines = StatusText.lines(new Screens().window(false).snapshot(), PLAIN);
        assertThat(String.join("\n", lines.subList(0, 4))).isEqualTo("""
                state      RUNNING
                           outside of its time window (22:00-06:00 Europe/Berlin): waits until
                           2026-11-21 11:15 Europe/Berlin, then resumes by itself; 'backfleet
                           set split-names --window none' lets it run now""");
        assertThat(StatusText.lines(new Screens().window(true).snapshot(), PLAIN))
                .contains(
                        "settings   concurrency 8, batches of 100ms, priority normal, window 22:00-06:00 Europe/Berlin")
                .noneMatch(line -> line.contains("outside of its time window"));
    }

    @Test
    void a_line_for_the_log_holds_the_key_figures() {
        assertThat(ProgressLine.of(new Screens().workers(1).snapshot()))
                .isEqualTo("2026-11-21T10:05:33Z split-names RUNNING: 51.2 %, 512,345 of about 1,000,000 scanned,"
                        + " 500,123 changed, 24,310/s, ETA <3m, 10/20 shards, 3 workers");
    }

    @Test
    void the_line_of_a_job_that_moves_nothing_says_why() {
        assertThat(ProgressLine.of(new Screens().stillFor(22, 2, 0).snapshot()))
                .startsWith("2026-11-21T10:05:33Z split-names RUNNING (no worker): 51.2 %, ");
        assertThat(ProgressLine.of(new Screens()
                        .notAccepting("w-1", NotAccepting.CONTROL_TOPIC_UNREACHABLE)
                        .stillFor(22, 2, 0)
                        .snapshot()))
                .startsWith("2026-11-21T10:05:33Z split-names RUNNING (workers accept no tasks): ");
        assertThat(ProgressLine.of(new Screens()
                        .workers(1)
                        .notAccepting("w-2", NotAccepting.CONTROL_TOPIC_UNREACHABLE)
                        .snapshot()))
                .startsWith("2026-11-21T10:05:33Z split-names RUNNING: ");
    }

    private static Throttled held(double factor, @Nullable Double value, String level, @Nullable String note) {
        return new Throttled(
                factor, "wal-rate", value, 512.0 * MB, Measure.BYTES_PER_SECOND, level, note, Map.of("wal-rate", 12.0));
    }

    private static List<String> lines(Throttled throttle) {
        return StatusText.lines(
                new Screens().workers(1).throttle(throttle).snapshot(), new TerminalCapabilities(200, 24, false));
    }

    @Test
    void what_holds_the_job_back_is_named_with_value_and_threshold_and_what_each_signal_has_cost() {
        assertThat(lines(held(0.4, 800.0 * MB, "SOFT", null)))
                .contains(
                        "           throttled to 40 % by wal-rate: 800MB/s, soft threshold 512MB/s; it recovers by "
                                + "itself when that is over",
                        "throttle   cost so far: wal-rate 12s");
        assertThat(lines(held(0, 4_000.0 * MB, "HARD", null)))
                .anyMatch(line -> line.contains("suspended by wal-rate: 3.9GB/s, hard threshold 512MB/s"));
        assertThat(lines(held(0.2, 10.0 * MB, "CALM", null)))
                .anyMatch(line -> line.contains("recovering from wal-rate: 20 %, full speed in about 16s"));
        assertThat(lines(held(0.2, null, "SOFT", "permission denied")))
                .anyMatch(line -> line.contains("by wal-rate: it cannot be read (permission denied)"));
        assertThat(lines(Throttled.NOT)).noneMatch(line -> line.contains("throttle"));
    }

    private static List<String> lines(Screens screens) {
        return StatusText.lines(screens.workers(1).snapshot(), new TerminalCapabilities(200, 24, false));
    }

    @Test
    void where_the_time_went_is_shown_if_it_was_not_work_alone() {
        var time = new JobTime(
                        Screens.NOW.minusSeconds(1_020),
                        List.of(
                                new JobTime.Part(TimeCause.WORKING, null, 630),
                                new JobTime.Part(TimeCause.THROTTLED, "lock-queue", 200),
                                new JobTime.Part(TimeCause.NO_WORKER, null, 2)))
                .plus(TimeCause.PAUSED, 168);
        assertThat(lines(new Screens().time(time))).contains("time       working 63 %, lock-queue 20 %, paused 17 %");
        var work = JobTime.NONE.plus(TimeCause.WORKING, 630).plus(TimeCause.PLANNING, 2);
        assertThat(lines(new Screens().time(work))).noneMatch(line -> line.startsWith("time"));
        // 500,123 rows in 830 s that were not idle: it was submitted 1,000 s before its end.
        assertThat(lines(new Screens().time(time).state(JobState.SUCCEEDED)))
                .contains("rate       602 rows/s on average");
    }

    @Test
    void without_a_time_left_the_reason_is_shown() {
        assertThat(lines(new Screens().state(JobState.PAUSED))).contains("ETA        unknown: the job is paused");
    }

    private static String notices(Screens screens) {
        return String.join(
                "\n", StatusText.lines(screens.workers(1).snapshot(), new TerminalCapabilities(300, 24, false)));
    }

    @Test
    void a_pause_that_ends_by_itself_is_distinguished_from_one_that_needs_an_operator() {
        var full = new Screens().state(JobState.PAUSED).reason("paused itself: the disk is full (53100: no space)");
        assertThat(notices(full.trouble("53100", Screens.NOW.plusSeconds(20))))
                .contains(
                        "paused itself: the disk is full (53100: no space); it resumes by itself when the failure is over, "
                                + "next check in 20s; 'backfleet resume split-names' resumes it at once");
        assertThat(notices(full.trouble("42501", null)))
                .contains("; it does not resume by itself: 'backfleet resume split-names' resumes it");
        assertThat(notices(new Screens().state(JobState.PAUSED).reason("paused by ann")))
                .contains("paused by ann; 'backfleet resume split-names' resumes it");
    }

    @Test
    void a_read_only_server_and_how_to_resume_a_halted_job_are_shown() {
        assertThat(notices(new Screens().readOnly().notAccepting("w-2", NotAccepting.DATABASE_READ_ONLY)))
                .contains("the server is read-only: no row changes")
                .contains("1 of 2 workers accept no tasks: the database is read-only since 2026-11-21 10:04:03 UTC; "
                        + "they resume when it accepts writes")
                .doesNotContain("no active coordinator");
        assertThat(notices(new Screens().state(JobState.HALTED).error("the column a was dropped")))
                .contains("the column a was dropped; when that is fixed, 'backfleet resume split-names' resumes it; "
                        + "'backfleet cancel split-names' ends it");
    }

    @Test
    void while_commits_wait_for_a_standby_that_is_the_cause_and_no_process_is_said_to_be_lost() {
        var waits =
                "commits wait for a synchronous standby; the fleet continues by itself when one confirms them, or the"
                        + " setting is changed";
        assertThat(notices(new Screens()
                        .commitsWait()
                        .notAccepting("w-1", NotAccepting.NO_COORDINATOR)
                        .notAccepting("w-2", NotAccepting.CONTROL_TOPIC_UNREACHABLE)))
                .contains(waits)
                .doesNotContain("no active coordinator", "no heartbeat from a coordinator")
                // Another failure at the same time is one.
                .contains("accept no tasks: control topic unreachable");
        assertThat(StatusText.lines(new Screens().commitsWait().snapshot(), new TerminalCapabilities(300, 24, false)))
                .startsWith("state      RUNNING", "           " + waits)
                .noneMatch(line -> line.contains("no worker is alive"));
        assertThat(notices(new Screens().commitsWait().state(JobState.PAUSED))).contains(waits);
        assertThat(notices(new Screens().commitsWait().state(JobState.SUCCEEDED)))
                .doesNotContain(waits);
    }

    @Test
    void workers_that_accept_no_tasks_are_shown_with_the_reason_and_since_when() {
        var screens = new Screens()
                .notAccepting("w-2", NotAccepting.CONTROL_TOPIC_UNREACHABLE)
                .notAccepting("w-3", NotAccepting.CONTROL_TOPIC_UNREACHABLE)
                .notAccepting("w-4", NotAccepting.STOPPING);
        assertThat(notices(screens))
                .contains("2 of 4 workers accept no tasks: control topic unreachable since 2026-11-21 10:04:03 UTC; "
                        + "check Kafka; they resume when it is back")
                .doesNotContain("stopping");
        assertThat(WorkerState.words(screens.snapshot().workers().get(0)))
                .isEqualTo("accepts no tasks: control topic unreachable since 2026-11-21 10:04:03 UTC");
        assertThat(notices(new Screens())).doesNotContain("accept no tasks");
    }
}
