package dev.backfleet.coordinator.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backfleet.coordinator.forecast.TrialBatch.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What the whole job takes follows from what a few small batches took. */
class ForecasterTest {
    private static final TableWeight TABLE = new TableWeight(1_000_000, 100_000_000, 40_000_000, 8_192);
    private static final JobPace PACE =
            new JobPace(4, Duration.ofMillis(100), 10_000, OptionalLong.empty(), OptionalLong.empty());

    // 2 ms, and 10 µs for each row; four at a time take twice as long.
    private static Trials trials(int sessions, long changedOf100, long hotOf100) {
        var batches = new ArrayList<TrialBatch>();
        for (var i = 0; i < 5; i++) {
            batches.add(new TrialBatch(Kind.SINGLE_ROW, 1, 1, 1, Duration.ofNanos(2_010_000)));
        }
        for (var i = 0; i < 8; i++) {
            var rows = 200 + 100L * i;
            batches.add(batch(Kind.ALONE, rows, 1, changedOf100, hotOf100));
            if (sessions > 1) {
                batches.add(batch(Kind.TOGETHER, rows, 2, changedOf100, hotOf100));
            }
        }
        // Half of the bytes are those of one whole page for each 16 rows.
        var logged = List.of(new LoggedBatch(1_600, 1_600 * 1_024, 100, 8.0));
        return new Trials(batches, logged, sessions, 0, 0, List.of(), 4_000, null);
    }

    private static TrialBatch batch(Kind kind, long rows, int slower, long changedOf100, long hotOf100) {
        var changed = rows * changedOf100 / 100;
        return new TrialBatch(
                kind, rows, changed, changed * hotOf100 / 100, Duration.ofNanos(slower * (2_000_000 + 10_000 * rows)));
    }

    private static Forecaster forecaster(Trials trials, JobPace pace) {
        return Forecaster.of(trials, TABLE, pace).orElseThrow();
    }

    private static Forecast.Speed limited(Trials trials, JobPace pace) {
        return Objects.requireNonNull(forecaster(trials, pace).forecast().limited());
    }

    @Test
    void the_speed_of_the_jobs_batches_follows_from_smaller_ones() {
        var measured = forecaster(trials(4, 100, 100), PACE).measured();
        assertThat(measured.batchRows()).isCloseTo(9_800, within(100L));
        assertThat(measured.rowsPerSecond()).isCloseTo(98_000, within(1_000L));
        assertThat(measured.slowdown()).isCloseTo(2, within(0.02));
        assertThat(measured.median()).isBetween(Duration.ofMillis(4), Duration.ofMillis(20));
        assertThat(measured.p95()).isGreaterThan(measured.median());
    }

    @Test
    void the_batches_whose_WAL_is_measured_count_with_their_rows() {
        var measured = forecaster(trials(1, 100, 100), PACE).measured();
        // Five of one row, eight of 200 to 900, and one whose write-ahead log was measured.
        assertThat(measured.batches()).isEqualTo(14);
        assertThat(measured.rows()).isEqualTo(5 + 4_400 + 1_600);
    }

    @Test
    void sessions_at_the_same_time_are_as_fast_as_they_were_together() {
        // Each batch of 4,800 rows takes 100 ms: 4 × 48,000 rows a second.
        var full = forecaster(trials(4, 100, 100), PACE).forecast().fullSpeed();
        assertThat(full.rowsPerSecond()).isLessThan(192_000);
        assertThat(full.rowsPerSecondAtMost()).isGreaterThan(192_000);
        assertThat(full.rowsPerSecondAtMost() / (double) full.rowsPerSecond()).isLessThan(1.6);
        assertThat(full.shortest()).isLessThan(Duration.ofMillis(5_208));
        assertThat(full.longest()).isGreaterThan(Duration.ofMillis(5_208));
    }

    @Test
    void more_slots_than_were_measured_add_no_speed_and_that_is_said() {
        var more =
                new JobPace(16, PACE.batchDuration(), PACE.batchMaxRows(), OptionalLong.empty(), OptionalLong.empty());
        var few = forecaster(trials(4, 100, 100), PACE).forecast();
        var many = forecaster(trials(4, 100, 100), more).forecast();
        assertThat(many.fullSpeed()).isEqualTo(few.fullSpeed());
        assertThat(many.assumptions().get(0)).contains("16 slots", "measured with 4");
        assertThat(few.assumptions().get(0)).doesNotContain("assumed");
    }

    @Test
    void a_limit_of_rows_is_for_changed_rows_and_only_slows_down() {
        var limited = new JobPace(4, PACE.batchDuration(), 10_000, OptionalLong.of(10_000), OptionalLong.empty());
        var speed = limited(trials(4, 50, 100), limited);
        // Half of the rows are changed: 10,000 changed rows a second are 20,000 scanned ones, of which the clock aims
        // at 95 %.
        assertThat(speed.rowsPerSecondAtMost()).isCloseTo(19_000, within(50L));
        assertThat(speed.shortest()).isCloseTo(Duration.ofMillis(52_600), Duration.ofMillis(300));
        var loose = new JobPace(4, PACE.batchDuration(), 10_000, OptionalLong.of(10_000_000), OptionalLong.empty());
        var forecast = forecaster(trials(4, 50, 100), loose).forecast();
        assertThat(forecast.limited()).isEqualTo(forecast.fullSpeed());
        assertThat(forecaster(trials(4, 50, 100), PACE).forecast().limited()).isNull();
    }

    @Test
    void a_limit_of_WAL_counts_what_a_row_logs() {
        var limited = new JobPace(4, PACE.batchDuration(), 10_000, OptionalLong.empty(), OptionalLong.of(1_024_000));
        assertThat(limited(trials(4, 100, 100), limited).rowsPerSecondAtMost()).isCloseTo(1_000, within(2L));
    }

    @Test
    void whole_pages_are_logged_once_or_as_often_as_in_the_trial() {
        var wal = forecaster(trials(1, 100, 100), PACE).forecast().walBytes();
        // 512 bytes for each row; then each of 17,090 pages once, or one for each 16 rows.
        assertThat(wal.least()).isCloseTo(512_000_000 + 140_000_000, within(2_000_000L));
        assertThat(wal.most()).isCloseTo(1_024_000_000, within(2_000_000L));
    }

    @Test
    void where_pages_are_all_that_is_seen_the_records_of_a_row_are_counted_all_the_same() {
        // Pages are logged without their holes: so many of them take all of the bytes.
        var logged = List.of(new LoggedBatch(1_000, 6_000_000, 1_000, 8.0));
        var batches = trials(1, 100, 0).batches();
        var wal = forecaster(new Trials(batches, logged, 1, 0, 0, List.of(), 1_000, null), PACE)
                .forecast()
                .walBytes();
        // A new version of 108 bytes, entries of 40 bytes, and 60 bytes for the header of each; then each page once.
        assertThat(wal.least()).isCloseTo(268_000_000 + 140_000_000, within(2_000_000L));
        assertThat(wal.most()).isCloseTo(6_000_000_000L, within(10_000_000L));
    }

    @Test
    void only_updates_that_are_not_HOT_let_table_and_indexes_grow() {
        var forecast = forecaster(trials(1, 50, 60), PACE).forecast();
        // 500,000 rows, 40 % of them not HOT; 100 bytes of table and 8 more for each, 40 bytes of index.
        assertThat(forecast.rowsToChange()).isCloseTo(500_000, within(2_000L));
        assertThat(forecast.tableGrowth()).isCloseTo(200_000L * 108, within(500_000L));
        assertThat(forecast.indexGrowth()).isCloseTo(200_000L * 40, within(200_000L));
    }

    @Test
    void without_a_batch_of_many_rows_there_is_no_forecast() {
        assertThat(Forecaster.of(
                        new Trials(List.of(), List.of(), 1, 8, 0, List.of(), 8, "ended early: 8 batches failed"),
                        TABLE,
                        PACE))
                .isEmpty();
    }
}
