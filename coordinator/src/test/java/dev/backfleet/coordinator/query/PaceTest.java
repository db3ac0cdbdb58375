package dev.backfleet.coordinator.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.timekeeping.Outlook;
import dev.backfleet.coordinator.timekeeping.Spent;
import dev.backfleet.coordinator.timekeeping.TimeCause;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How far, how fast, how long: decided without a database. */
class PaceTest {

    private static Outlook outlook(double rowsPerSecond) {
        return new Outlook(
                new Outlook.Speeds(rowsPerSecond / 2, rowsPerSecond, rowsPerSecond * 2, 50),
                new Outlook.Share(1, 0, 6, 600),
                null);
    }

    private static Pace pace(JobState state, @Nullable Long estimated, long walked, @Nullable Double speed) {
        return new Pace(
                state,
                new JobStatus.Rows(estimated, walked, walked, 0, 0),
                new JobStatus.Shards(4, 0, 0, 1, 3, 0),
                false,
                false,
                false,
                false,
                true,
                speed,
                speed,
                outlook(300));
    }

    private static Pace fleetPaused(int running) {
        var rows = new JobStatus.Rows(100L, 50, 50, 0, 0);
        return new Pace(
                JobState.RUNNING,
                rows,
                new JobStatus.Shards(4, 3, 0, running, 1, 0),
                true,
                false,
                false,
                false,
                true,
                10.0,
                10.0,
                outlook(10));
    }

    @ParameterizedTest
    @CsvSource({"1000, 0, 0.0", "1000, 333, 33.3", "3, 2, 66.6", "1000, 1000, 99.9", "1000, 5000, 99.9", "0, 0, 75.0"})
    void percent_is_the_scanned_share_of_the_estimate_and_never_100_before_the_end(
            long estimated, long walked, double percent) {
        assertThat(pace(JobState.RUNNING, estimated, walked, null).percent()).isEqualTo(percent);
    }

    @Test
    void success_is_100_percent_whatever_the_estimate_was() {
        assertThat(pace(JobState.SUCCEEDED, 1000L, 10, null).percent()).isEqualTo(100);
        assertThat(pace(JobState.SUCCEEDED, 0L, 0, null).percent()).isEqualTo(100);
    }

    @Test
    void a_job_without_a_plan_is_at_0_percent() {
        var planning = new Pace(
                JobState.PLANNING,
                new JobStatus.Rows(null, 0, 0, 0, 0),
                new JobStatus.Shards(0, 0, 0, 0, 0, 0),
                false,
                false,
                false,
                false,
                true,
                null,
                null,
                null);
        assertThat(planning.percent()).isZero();
        assertThat(planning.etaSeconds()).isNull();
    }

    @Test
    void the_time_left_is_the_rows_left_at_the_measured_pace() {
        assertThat(pace(JobState.RUNNING, 1000L, 100, 300.0).etaSeconds()).isEqualTo(3);
    }

    @Test
    void with_more_rows_than_estimated_the_time_left_is_not_known() {
        assertThat(pace(JobState.RUNNING, 1000L, 1000, 300.0).etaSeconds()).isZero();
        assertThat(pace(JobState.RUNNING, 1000L, 1500, 300.0).etaSeconds()).isNull();
        assertThat(pace(JobState.RUNNING, 1000L, 1500, 300.0).etaNote())
                .isEqualTo("there are more rows than estimated");
    }

    private static Pace with(@Nullable Double now, @Nullable Outlook outlook, boolean closed, boolean waits) {
        return new Pace(
                JobState.RUNNING,
                new JobStatus.Rows(1000L, 100, 100, 0, 0),
                new JobStatus.Shards(4, 0, 0, waits ? 0 : 1, 3, 0),
                false,
                closed,
                waits,
                false,
                true,
                now,
                now,
                outlook);
    }

    @Test
    void the_time_left_is_an_interval_from_the_fast_to_the_slow_end() {
        var pace = with(300.0, outlook(90), false, false);
        assertThat(pace.etaSeconds()).isEqualTo(10);
        // 5 and 20 seconds, with the least margin of 5 % and 1 % for 50 measurements.
        assertThat(pace.etaRange()).isEqualTo(new JobStatus.EtaRange(4, 22));
        assertThat(pace.etaNote()).isNull();
        // Also while a signal suspends the job for a moment.
        assertThat(still(true, true, 1, 3).etaSeconds()).isEqualTo(10);
    }

    @Test
    void without_measurements_there_is_no_time_left_and_it_says_so() {
        var unknown = new Outlook(null, new Outlook.Share(1, 0, 1, 0), null);
        for (var outlook : Arrays.asList(null, unknown)) {
            var pace = with(300.0, outlook, false, false);
            assertThat(pace.etaSeconds()).isNull();
            assertThat(pace.etaRange()).isNull();
            assertThat(pace.etaNote()).isEqualTo("the speed is not measured yet");
        }
        // It is old if nobody measures.
        assertThat(with(null, outlook(90), false, false).etaRange()).isNull();
        assertThat(with(null, outlook(90), false, false).etaNote()).isEqualTo("the speed is not measured");
    }

    @Test
    void a_job_that_was_held_back_for_all_of_the_last_minute_has_no_time_left_even_if_rows_trickle() {
        var locks = new Outlook(outlook(90).speeds(), new Outlook.Share(0.5, 0.1, 6, 600), Spent.on(TimeCause.LOCKS));
        assertThat(with(3.0, locks, false, false).etaRange()).isNull();
        assertThat(with(3.0, locks, false, false).etaSeconds()).isNull();
        assertThat(with(3.0, locks, false, false).etaNote()).isEqualTo("held back entirely: waits for locks");
        var signal = new Outlook(
                outlook(90).speeds(),
                new Outlook.Share(0.5, 0.1, 6, 600),
                new Spent(TimeCause.THROTTLED, "replica-lag"));
        assertThat(with(0.0, signal, false, false).etaNote()).isEqualTo("held back entirely by replica-lag");
    }

    private static Pace still(boolean throttled, boolean workersAccept, int running, int pending) {
        return new Pace(
                JobState.RUNNING,
                new JobStatus.Rows(1000L, 100, 100, 0, 0),
                new JobStatus.Shards(4, pending, 0, running, 4 - running - pending, 0),
                false,
                false,
                false,
                throttled,
                workersAccept,
                0.0,
                0.0,
                outlook(90));
    }

    @Test
    void while_nothing_moves_the_time_left_is_not_known_however_fast_the_job_was() {
        assertThat(still(false, true, 1, 3).etaSeconds()).isNull();
        assertThat(still(false, true, 1, 3).etaNote()).isEqualTo("no row was scanned within the last seconds");
        assertThat(still(false, true, 0, 3).etaNote()).isEqualTo("no slot works on it");
        assertThat(still(false, false, 0, 3).etaNote()).isEqualTo("no worker accepts tasks");
        assertThat(still(true, true, 1, 3).etaNote()).isNull();
    }

    @Test
    void while_the_job_is_idle_the_time_left_is_not_known_and_the_reason_is() {
        assertThat(with(300.0, outlook(90), true, false).etaNote()).isEqualTo("the time window is closed");
        assertThat(with(300.0, outlook(90), false, true).etaNote()).isEqualTo("the next wave has not begun");
        assertThat(fleetPaused(0).etaNote()).isEqualTo("the fleet is paused");
        assertThat(pace(JobState.PAUSED, 1000L, 100, 300.0).etaNote()).isEqualTo("the job is paused");
        assertThat(pace(JobState.SUCCEEDED, 1000L, 100, 300.0).etaNote()).isNull();
        assertThat(pace(JobState.RUNNING, 1000L, 100, 300.0).etaNote()).isNull();
        assertThat(with(0.0, null, false, false).etaNote()).startsWith("no row was scanned");
    }

    @Test
    void without_a_fresh_measurement_pace_and_time_left_are_unknown() {
        assertThat(pace(JobState.RUNNING, 1000L, 100, null).etaSeconds()).isNull();
        assertThat(pace(JobState.RUNNING, 1000L, 100, null).current()).isNull();
        assertThat(pace(JobState.RUNNING, 1000L, 100, 0.0).etaSeconds()).isNull();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RUNNING")
    void what_does_not_run_has_no_pace(JobState state) {
        assertThat(pace(state, 1000L, 100, 300.0).current()).isZero();
        assertThat(pace(state, 1000L, 100, 300.0).etaSeconds()).isNull();
    }

    @Test
    void a_paused_fleet_has_no_speed_once_its_last_shard_was_revoked() {
        assertThat(fleetPaused(1).current()).isEqualTo(10);
        assertThat(fleetPaused(0).current()).isZero();
        assertThat(fleetPaused(0).etaSeconds()).isNull();
    }
}
