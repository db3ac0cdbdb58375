package dev.backfleet.coordinator.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a job logs follows from its records, and from how many pages it changes between two checkpoints. */
class WalForecastTest {
    private static final long ROWS = 1_000_000;
    private static final long MAX_WAL = 4L << 30;

    // 10,000 pages of table and 4,000 of indexes; a row has 200 bytes of records, a page that is logged as a whole
    // 4,000.
    private static WalForecast wal(double pagesPerRow, double pagesPerRowAgain, long maxWal) {
        return wal(pagesPerRow, pagesPerRowAgain, maxWal, true);
    }

    private static WalForecast wal(double pagesPerRow, double pagesPerRowAgain, long maxWal, boolean fullPages) {
        var table = new TableWeight(
                ROWS,
                10_000 * 8_192L,
                4_000 * 8_192L,
                8_192,
                new Checkpoints(Duration.ofMinutes(5), maxWal, 0.9, fullPages));
        return new WalForecast(List.of(batch(pagesPerRow, pagesPerRowAgain)), table);
    }

    private static LoggedBatch batch(double pagesPerRow, double pagesPerRowAgain) {
        var pages = Math.round(1_000 * pagesPerRow);
        var again = Math.round(1_000 * pagesPerRowAgain);
        return new LoggedBatch(
                1_000,
                Duration.ofMillis(40),
                Duration.ofMillis(10),
                200_000 + 4_000 * pages,
                pages,
                200_000 + 4_000 * again,
                again,
                8.0,
                pagesPerRow);
    }

    @Test
    void the_bytes_of_a_record_and_of_a_page_are_told_apart_by_the_second_run() {
        var wal = wal(0.2, 0.02, MAX_WAL);
        assertThat(wal.pageBytes()).isCloseTo(4_000, within(0.1));
        assertThat(wal.recordsPerRow()).isCloseTo(200, within(0.1));
        assertThat(wal.perRow()).isCloseTo(1_000, within(0.1));
        assertThat(wal.fullPagesShare()).isCloseTo(0.8, within(0.001));
    }

    @Test
    void rows_that_lie_together_log_each_page_once() {
        // 71 rows on a page: as many pages as there are are met.
        var bytes = wal(0.014, 0, MAX_WAL).of(ROWS, 10, 0.5, 100, 0);
        assertThat(bytes.least()).isCloseTo(160_000_000 + 35_398_000, within(100_000L));
        assertThat(bytes.most()).isCloseTo(240_000_000 + 56_000_000, within(100_000L));
    }

    @Test
    void rows_that_are_spread_log_each_page_once_between_two_checkpoints() {
        // In ten seconds at most one checkpoint begins, beside the one before the job.
        var bytes = wal(2, 0, MAX_WAL).of(ROWS, 10, 0, 150, 1);
        assertThat(bytes.least()).isCloseTo(160_000_000 + 40_000_000, within(100_000L));
        assertThat(bytes.most()).isCloseTo(240_000_000 + 2 * 56_000_000, within(100_000L));
        // In an hour, twelve by time.
        assertThat(wal(2, 0, MAX_WAL).of(ROWS, 3_600, 0, 150, 1).most())
                .isCloseTo(240_000_000 + 13 * 56_000_000, within(100_000L));
    }

    @Test
    void a_small_max_wal_size_means_many_checkpoints_and_these_more_log() {
        var large = wal(2, 0, MAX_WAL).of(ROWS, 10, 0, 150, 1).most();
        var small = wal(2, 0, 64L << 20).of(ROWS, 10, 0, 150, 1).most();
        assertThat(small).isGreaterThan(2 * large);
        // Never more than each change of a page as a whole page.
        assertThat(wal(0.03, 0, 1 << 20).of(ROWS, 10, 0, 150, 0).most()).isEqualTo(240_000_000 + 120_000_000);
    }

    @Test
    void pages_that_were_changed_since_the_last_checkpoint_are_met_after_the_next_one() {
        var bytes = wal(0, 0, MAX_WAL).of(ROWS, 10, 0, 150, 0);
        assertThat(bytes.least()).isEqualTo(160_000_000);
        // The size of a page is not known: each of 14,000 as a whole, twice.
        assertThat(bytes.most()).isCloseTo(240_000_000 + 2 * 14_000 * 8_192L, within(100_000L));
    }

    @Test
    void where_rows_are_spread_their_pages_get_room_and_updates_may_be_HOT() {
        assertThat(wal(2, 0, MAX_WAL).of(ROWS, 10, 0, 20, 1).least())
                .isCloseTo(64_000_000 + 40_000_000, within(100_000L));
        assertThat(wal(0.014, 0, MAX_WAL).of(ROWS, 10, 0, 20, 0).least())
                .isCloseTo(160_000_000 + 35_398_000, within(100_000L));
    }

    @Test
    void the_job_meets_each_page_once_that_the_trial_met_with_almost_each_row() {
        // The second run took a quarter of the time. Two pages of each row are 2,000,000, and there are 14,000.
        assertThat(wal(2, 0, MAX_WAL).warmth(ROWS, 0)).isCloseTo(0.25 + 0.75 * 0.007, within(0.0001));
        // 14,000 pages of 1,000,000 rows are all that there are: the job meets as many as the trial.
        assertThat(wal(0.014, 0, MAX_WAL).warmth(ROWS, 0)).isCloseTo(1, within(0.0001));
        assertThat(wal(0, 0, MAX_WAL).warmth(ROWS, 0)).isEqualTo(1);
    }

    @Test
    void without_full_page_writes_there_are_only_records() {
        assertThat(wal(0, 0, MAX_WAL, false).of(ROWS, 10, 0, 150, 0).most()).isEqualTo(240_000_000);
    }

    @Test
    void HOT_updates_change_no_page_of_an_index() {
        var some = wal(2, 0, MAX_WAL).of(ROWS, 10, 0.9, 150, 1).most();
        var only = wal(2, 0, MAX_WAL).of(ROWS, 10, 1, 150, 1).most();
        assertThat(some - only).isCloseTo(2 * 4_000 * 4_000L, within(100_000L));
    }

    @Test
    void of_no_changed_row_nothing_is_concluded() {
        assertThat(new WalForecast(
                                List.of(),
                                new TableWeight(1, 1, 1, 8_192, new Checkpoints(Duration.ofMinutes(5), 1, 0.9, true)))
                        .of(1_000, 1, 0, 100, 0))
                .isEqualTo(new Forecast.Bytes(0, 0));
    }
}
