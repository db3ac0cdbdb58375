package dev.backfleet.coordinator.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How many rows leave their pages depends on how often a job comes back to a page. */
class RoomOnPagesTest {
    // 10,000 pages of 80 rows.
    private static final TableWeight TABLE = new TableWeight(
            800_000, 10_000L * 8_192, 0, 8_192, new Checkpoints(Duration.ofMinutes(5), 4L << 30, 0.9, true));

    private static RoomOnPages room(
            @Nullable Double pagesPerRow, double hot, double changed, double width, double atOnce) {
        return room(pagesPerRow, hot, changed, width, atOnce, 1);
    }

    private static RoomOnPages room(
            @Nullable Double pagesPerRow, double hot, double changed, double width, double atOnce, int passes) {
        var logged = new LoggedBatch(100, Duration.ZERO, Duration.ZERO, 1, 0, 1, 0, width, width, pagesPerRow);
        var trials = new Trials(List.of(), List.of(logged), 1, 0, 0, List.of(), 0, null);
        return RoomOnPages.of(trials, TABLE, hot, changed, width, atOnce, passes);
    }

    @Test
    void rows_that_lie_together_leave_their_page_all_at_once() {
        assertThat(room(1 / 80.0, 0, 1, 0, 1_000).moved()).isCloseTo(1, within(0.001));
        assertThat(room(0.0, 0, 1, 0, 1_000).moved()).isEqualTo(1);
        assertThat(room(1 / 80.0, 0.3, 1, 0, 1_000).moved()).isCloseTo(0.7, within(0.001));
        assertThat(room(1 / 80.0, 0, 0.5, 0, 1_000).moved()).isCloseTo(1, within(0.001));
    }

    @Test
    void rows_that_are_spread_leave_it_with_the_first_batch_only() {
        assertThat(room(1.0, 0, 1, 0, 1_000).moved()).isCloseTo(1 / 80.0, within(0.0001));
        assertThat(room(1.0, 0, 1, 0, 1_000).found()).isCloseTo(79 / 80.0, within(0.0001));
        assertThat(room(1.0, 0.5, 1, 0, 1_000).moved()).isCloseTo(0.5 / 80, within(0.0001));
        // Of a tenth of the rows, eight on a page, one leaves it.
        assertThat(room(1.0, 0, 0.1, 0, 1_000).moved()).isCloseTo(1 / 8.0, within(0.0001));
        // Four of a page in a batch.
        assertThat(room(0.25, 0, 1, 0, 1_000).moved()).isCloseTo(4 / 80.0, within(0.0001));
    }

    @Test
    void what_batches_that_run_at_the_same_time_leave_behind_is_no_room_yet() {
        // Eight rows of each page are in batches that run, or have just run.
        assertThat(room(1.0, 0, 1, 0, 40_000).moved()).isCloseTo(8 / 80.0, within(0.0001));
        assertThat(room(1.0, 0, 1, 0, 4_000_000).moved()).isEqualTo(1);
    }

    @Test
    void a_larger_version_does_not_fit_into_the_room_of_the_one_before() {
        var bytes = TABLE.tableBytesPerRow();
        assertThat(room(1.0, 0, 1, bytes / 4, 1_000).moved()).isCloseTo(1 / 80.0 + 79 / 80.0 / 5, within(0.0001));
        assertThat(room(1.0, 0, 1, -50, 1_000).moved()).isCloseTo(1 / 80.0, within(0.0001));
    }

    @Test
    void of_rows_that_lie_together_those_of_the_first_pass_leave_their_page() {
        assertThat(room(1 / 80.0, 0, 1, 0, 1_000, 8).moved()).isCloseTo(10.5 / 80, within(0.0001));
        assertThat(room(1 / 80.0, 0, 1, 0, 1_000, 32).moved()).isCloseTo(3 / 80.0, within(0.0001));
        // Where they are spread, passes change nothing.
        assertThat(room(1.0, 0, 1, 0, 1_000, 8).moved()).isCloseTo(1 / 80.0, within(0.0001));
    }

    @Test
    void at_the_other_end_four_times_as_many_rows_leave_their_page() {
        assertThat(room(1.0, 0.5, 1, 0, 1_000).crowded(0.5).moved()).isCloseTo(0.5 * 4 / 80, within(0.0001));
        assertThat(room(1 / 80.0, 0.3, 1, 0, 1_000).crowded(0.3)).isEqualTo(new RoomOnPages(0.7, 0));
    }

    @Test
    void where_it_is_not_known_how_rows_lie_none_finds_room() {
        assertThat(room(null, 0.25, 1, 0, 1_000)).isEqualTo(new RoomOnPages(0.75, 0));
    }
}
