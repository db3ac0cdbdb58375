package dev.backfleet.coordinator.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a job logs follows from its records, and from how many pages it changes between two checkpoints. */
class WalForecastTest {
    private static final long ROWS = 1_000_000;
    private static final long MAX_WAL = 16L << 30;

    /** Rows that lie together, and are changed where they are spread. */
    private static final RoomOnPages NO_ROOM = new RoomOnPages(1, 0);

    private static final RoomOnPages ROOM = new RoomOnPages(0.02, 0.98);

    // 10,000 pages of table and 4,000 of indexes; a row has 400 bytes of records, of which the columns that are set
    // have
    // 8, and a page that is logged as a whole 4,000.
    private static WalForecast wal(double fullPages, double fullPagesAgain, double pagesPerRow, long maxWal) {
        return wal(fullPages, fullPagesAgain, pagesPerRow, new Checkpoints(Duration.ofMinutes(5), maxWal, 0.9, true));
    }

    private static WalForecast wal(
            double fullPages, double fullPagesAgain, double pagesPerRow, Checkpoints checkpoints) {
        var table = new TableWeight(ROWS, 10_000 * 8_192L, 4_000 * 8_192L, 8_192, checkpoints);
        var trials = new Trials(
                List.of(), List.of(batch(fullPages, fullPagesAgain, pagesPerRow)), 1, 0, 0, List.of(), 5_000, null);
        return new WalForecast(trials, table, 1);
    }

    private static LoggedBatch batch(double fullPages, double fullPagesAgain, double pagesPerRow) {
        var pages = Math.round(1_000 * fullPages);
        var again = Math.round(1_000 * fullPagesAgain);
        return new LoggedBatch(
                1_000,
                Duration.ofMillis(40),
                Duration.ofMillis(10),
                400_000 + 4_000 * pages,
                pages,
                400_000 + 4_000 * again,
                again,
                8.0,
                8.0,
                pagesPerRow);
    }

    // Two pages of indexes for each row, where neighbours in the key are on different pages.
    private static WalForecast spread(long maxWal) {
        return wal(3, 0, 1, maxWal);
    }

    private static WalForecast together() {
        return wal(0.024, 0, 0.01, MAX_WAL);
    }

    @Test
    void the_bytes_of_a_record_and_of_a_page_are_told_apart_by_the_second_run() {
        var wal = wal(0.2, 0.02, 0.1, MAX_WAL);
        assertThat(wal.pageBytes()).isCloseTo(4_000, within(0.1));
        assertThat(wal.recordsPerRow()).isCloseTo(400, within(0.1));
        assertThat(wal.perRow()).isCloseTo(1_200, within(0.1));
        assertThat(wal.fullPagesShare()).isCloseTo(0.667, within(0.001));
    }

    @Test
    void rows_that_lie_together_log_their_whole_records_and_each_page_once_whatever_checkpoints_begin() {
        // The trial has logged 50 of the table's pages. Of the indexes' 4,000 pages, 14,000 changes meet 3,880.
        var bytes = together().of(ROWS, 10, 0, NO_ROOM);
        assertThat(bytes.least()).isCloseTo(320_000_000 + (10_000 - 50 + 3_880) * 4_000L, within(200_000L));
        assertThat(bytes.most()).isCloseTo(480_000_000 + 14_000 * 4_000L, within(100_000L));
        // In an hour, twelve begin by time.
        assertThat(together().of(ROWS, 3_600, 0, NO_ROOM).most())
                .isCloseTo(480_000_000 + 24_000 * 4_000L, within(100_000L));
    }

    @Test
    void rows_that_are_spread_log_what_differs_and_each_page_once_between_two_checkpoints() {
        // 76 bytes of an update in its place, and 58 for the room before it; two of a hundred rows leave their page.
        var bytes = spread(MAX_WAL).of(ROWS, 10, 0, ROOM);
        // Of 10,000 pages, the trial has logged 4,000; the 20,000 rows that leave their page meet all of the indexes.
        var met = 10_000 * Math.exp(-0.5) + 4_000;
        assertThat(bytes.least()).isCloseTo(Math.round(0.8 * 139_320_000 + met * 4_000), within(200_000L));
        // Four times as many leave it. In ten seconds hardly a checkpoint begins.
        assertThat(bytes.most()).isCloseTo(Math.round(1.2 * 155_280_000) + 14_000 * 4_000, within(200_000L));
        assertThat(bytes.most()).isLessThan(2 * bytes.least());
        // In an hour, twelve by time.
        assertThat(spread(MAX_WAL).of(ROWS, 3_600, 0, ROOM).most())
                .isCloseTo(Math.round(1.2 * 155_280_000) + 13 * 14_000 * 4_000L, within(200_000L));
    }

    @Test
    void a_small_max_wal_size_means_many_checkpoints_and_these_more_log() {
        var large = spread(MAX_WAL).of(ROWS, 10, 0, ROOM).most();
        var small = spread(64L << 20).of(ROWS, 10, 0, ROOM).most();
        assertThat(small).isGreaterThan(2 * large);
    }

    @Test
    void pages_that_were_changed_since_the_last_checkpoint_are_not_logged_again_unless_another_one_begins() {
        var bytes = wal(0, 0, 1, MAX_WAL).of(ROWS, 10, 0, ROOM);
        assertThat(bytes.least()).isCloseTo(Math.round(0.8 * 139_320_000), within(1_000L));
        // The size of a page is not known: each of 14,000 as a whole.
        assertThat(bytes.most()).isCloseTo(Math.round(1.2 * 155_280_000) + 14_000 * 8_192L, within(200_000L));
    }

    @Test
    void the_job_meets_each_page_once_that_the_trial_met_with_almost_each_row() {
        // The second run took a quarter of the time. Two pages of each row are 2,000,000, and there are 14,000.
        assertThat(wal(2, 0, 1, MAX_WAL).warmth(ROWS, 0)).isCloseTo(0.25 + 0.75 * 0.007, within(0.0001));
        // 14,000 pages of 1,000,000 rows are all that there are: the job meets as many as the trial.
        assertThat(wal(0.014, 0, 0.01, MAX_WAL).warmth(ROWS, 0)).isCloseTo(1, within(0.0001));
        assertThat(wal(0, 0, 1, MAX_WAL).warmth(ROWS, 0)).isEqualTo(1);
    }

    @Test
    void without_full_page_writes_there_are_only_records() {
        var off = new Checkpoints(Duration.ofMinutes(5), MAX_WAL, 0.9, false);
        assertThat(wal(0, 0, 0.01, off).of(ROWS, 10, 0, NO_ROOM))
                .isEqualTo(new Forecast.Bytes(320_000_000, 480_000_000));
    }

    @Test
    void HOT_updates_change_no_page_of_an_index_and_log_what_the_trial_has_seen() {
        var only = wal(1, 0, 1, MAX_WAL).of(ROWS, 10, 1, new RoomOnPages(0, 0.98));
        assertThat(only.most()).isCloseTo(480_000_000 + 10_000 * 4_000L, within(100_000L));
    }

    @Test
    void of_no_changed_row_nothing_is_concluded() {
        var none = new Trials(List.of(), List.of(), 1, 0, 0, List.of(), 0, null);
        var table = new TableWeight(1, 1, 1, 8_192, new Checkpoints(Duration.ofMinutes(5), 1, 0.9, true));
        assertThat(new WalForecast(none, table, 1).of(1_000, 1, 0, NO_ROOM)).isEqualTo(new Forecast.Bytes(0, 0));
    }
}
