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
    private static final TableWeight TABLE = weight(1_000_000);
    private static final JobShape SHAPE = new JobShape(10, false);
    private static final JobPace PACE =
            new JobPace(4, Duration.ofMillis(100), 10_000, OptionalLong.empty(), OptionalLong.empty());

    // 2 ms, and 10 µs for each row; four at a time take twice as long.
    private static Trials trials(int sessions, long changedOf100, long hotOf100) {
        return trials(sessions, changedOf100, hotOf100, 0.0125, 8.0);
    }

    private static Trials trials(
            int sessions, long changedOf100, long hotOf100, double pagesPerRow, double addedWidth) {
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
        // 512 bytes for each row, and one whole page for each 16 rows, which are not logged the second time.
        var logged = List.of(new LoggedBatch(
                1_600,
                Duration.ofMillis(8),
                Duration.ofMillis(8),
                1_600 * 1_024,
                100,
                1_600 * 512,
                0,
                addedWidth,
                8.0,
                pagesPerRow));
        return new Trials(batches, logged, sessions, 0, 0, List.of(), 4_000, null);
    }

    private static TrialBatch batch(Kind kind, long rows, int slower, long changedOf100, long hotOf100) {
        var changed = rows * changedOf100 / 100;
        return new TrialBatch(
                kind, rows, changed, changed * hotOf100 / 100, Duration.ofNanos(slower * (2_000_000 + 10_000 * rows)));
    }

    private static TableWeight weight(long rows) {
        return new TableWeight(
                rows, rows * 100, rows * 40, 8_192, new Checkpoints(Duration.ofMinutes(5), 4L << 30, 0.9, true));
    }

    private static Forecaster forecaster(Trials trials, JobPace pace) {
        return Forecaster.of(trials, TABLE, pace, SHAPE).orElseThrow();
    }

    private static Forecast forecast(long rows, long shards, boolean searched) {
        return Forecaster.of(trials(4, 100, 100), weight(rows), PACE, new JobShape(shards, searched))
                .orElseThrow()
                .forecast();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1_000.0;
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
        // Five of one row, eight of 200 to 900, and one, run twice, whose write-ahead log was measured.
        assertThat(measured.batches()).isEqualTo(15);
        assertThat(measured.rows()).isEqualTo(5 + 4_400 + 2 * 1_600);
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
    void of_a_small_table_most_of_the_time_goes_beside_the_batches() {
        // 20,000 rows in four shards take 0.11 s of each slot.
        var forecast = forecast(20_000, 4, false);
        assertThat(seconds(forecast.fullSpeed().shortest())).isCloseTo(0.4, within(0.1));
        assertThat(seconds(forecast.fullSpeed().longest())).isCloseTo(2.9, within(0.2));
        assertThat(seconds(forecast.beside().shortest())).isCloseTo(0.315, within(0.001));
        assertThat(seconds(forecast.beside().longest())).isCloseTo(2.66, within(0.001));
    }

    @Test
    void batches_whose_pages_are_warm_are_faster_at_one_end_and_half_as_much_at_the_other() {
        var logged = List.of(new LoggedBatch(
                1_600,
                Duration.ofMillis(8),
                Duration.ofMillis(2),
                1_600 * 1_024,
                3_200,
                1_600 * 512,
                0,
                8.0,
                8.0,
                0.0125));
        var cold = trials(4, 100, 100);
        var warm = new Trials(cold.batches(), logged, 4, 0, 0, List.of(), 4_000, null);
        var before = forecaster(cold, PACE).forecast().fullSpeed();
        var after = forecaster(warm, PACE).forecast().fullSpeed();
        // A quarter of the time, and a little for the pages that are met for the first time.
        assertThat(after.rowsPerSecondAtMost() / (double) before.rowsPerSecondAtMost())
                .isCloseTo(3.9, within(0.1));
        assertThat(after.rowsPerSecond() / (double) before.rowsPerSecond()).isCloseTo(1.6, within(0.05));
    }

    @Test
    void each_shard_takes_time_beside_its_batches() {
        var few = forecast(1_000_000, 8, false).fullSpeed();
        var many = forecast(1_000_000, 800, false).fullSpeed();
        // Between 792 further shards, each of four slots waits 198 times for 15 to 60 ms.
        assertThat(seconds(many.shortest()) - seconds(few.shortest())).isGreaterThan(198 * 0.015);
        assertThat(seconds(many.longest()) - seconds(few.longest())).isGreaterThan(198 * 0.06 - 1);
        assertThat(many.rowsPerSecond()).isEqualTo(few.rowsPerSecond());
    }

    @Test
    void the_last_shards_may_leave_slots_idle_until_they_are_split() {
        var even = forecast(1_000_000, 4, false).fullSpeed();
        var uneven = forecast(1_000_000, 5, false).fullSpeed();
        assertThat(uneven.shortest()).isCloseTo(even.shortest(), Duration.ofMillis(100));
        // A fifth shard of 200,000 rows would take another 4 s of one slot; after 2 s all slots have a part of it.
        assertThat(seconds(uneven.longest()) - seconds(even.longest())).isBetween(1.0, 2.1);
    }

    @Test
    void with_a_condition_the_table_is_searched_at_the_end_for_some_seconds_at_most() {
        var without = forecast(1_000_000, 8, false).fullSpeed();
        var with = forecast(1_000_000, 8, true).fullSpeed();
        assertThat(seconds(with.shortest()) - seconds(without.shortest())).isCloseTo(0.2, within(0.01));
        assertThat(seconds(with.longest()) - seconds(without.longest())).isCloseTo(2.5, within(0.01));
        var large = seconds(forecast(1_000_000_000, 800, true).fullSpeed().longest());
        assertThat(large
                        - seconds(
                                forecast(1_000_000_000, 800, false).fullSpeed().longest()))
                .isCloseTo(4, within(0.01));
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
        // And 0.3 s around the batches.
        assertThat(speed.shortest()).isCloseTo(Duration.ofMillis(52_930), Duration.ofMillis(300));
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
    void only_updates_that_are_not_HOT_let_table_and_indexes_grow() {
        var forecast = forecaster(trials(1, 50, 60), PACE).forecast();
        // 500,000 rows, 40 % of them not HOT; 100 bytes of table and 8 more for each, 40 bytes of index.
        assertThat(forecast.rowsToChange()).isCloseTo(500_000, within(2_000L));
        assertThat(forecast.tableGrowth()).isCloseTo(200_000L * 108, within(500_000L));
        assertThat(forecast.indexGrowth()).isCloseTo(200_000L * 40, within(200_000L));
    }

    @Test
    void rows_that_are_spread_find_room_on_their_pages_when_these_are_changed_again() {
        var together = forecaster(trials(1, 100, 0), PACE).forecast();
        var spread = forecaster(trials(1, 100, 0, 1.0, 0.0), PACE).forecast();
        assertThat(spread.tableGrowth()).isBetween(1L, together.tableGrowth() / 40);
        assertThat(spread.indexGrowth()).isBetween(1L, together.indexGrowth() / 40);
        assertThat(spread.walBytes().least()).isLessThan(together.walBytes().least() / 2);
        assertThat(forecaster(trials(1, 50, 0), PACE).forecast().indexGrowth())
                .isCloseTo(together.indexGrowth() / 2, within(500_000L));
    }

    @Test
    void without_a_batch_of_many_rows_there_is_no_forecast() {
        assertThat(Forecaster.of(
                        new Trials(List.of(), List.of(), 1, 8, 0, List.of(), 8, "ended early: 8 batches failed"),
                        TABLE,
                        PACE,
                        SHAPE))
                .isEmpty();
    }
}
