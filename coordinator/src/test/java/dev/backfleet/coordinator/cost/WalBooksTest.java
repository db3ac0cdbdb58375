package dev.backfleet.coordinator.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The WAL of the fleet is shared out among the jobs that change rows, whenever the server publishes it. */
class WalBooksTest {
    private final Map<Long, Long> rows = new HashMap<>();
    private final Map<String, Long> bytes = new HashMap<>(Map.of("a", 0L));
    private final Map<Long, Long> bookedRows = new HashMap<>();
    private final Map<Long, Double> bookedBytes = new HashMap<>();
    private boolean ofServer;
    private boolean bookedOfServer;
    private long leader = 1;
    private final WalBooks books = new WalBooks(new WalBooks.Books() {
        @Override
        public WalReading read() {
            return new WalReading(rows, bytes, ofServer);
        }

        @Override
        public void book(List<WalBooks.Entry> entries, boolean others) {
            bookedOfServer = others;
            for (var entry : entries) {
                bookedRows.merge(entry.job(), entry.rows(), Long::sum);
                bookedBytes.merge(entry.job(), entry.bytes(), Double::sum);
            }
        }
    });

    private void second() {
        books.runOnce(leader);
    }

    private void second(long job, long changed, long written) {
        rows.merge(job, changed, Long::sum);
        bytes.merge("a", written, Long::sum);
        second();
    }

    // As long as it takes until everything is booked.
    private void rest() {
        for (var i = 0; i < 16; i++) {
            second();
        }
    }

    private double booked(long job) {
        return bookedBytes.getOrDefault(job, 0.0);
    }

    @Test
    void a_job_gets_all_that_is_written_from_its_first_row_on() {
        bytes.put("a", 5_000L);
        second();
        second(7, 100, 10_000);
        second(7, 100, 20_000);
        rest();
        assertThat(booked(7)).isCloseTo(30_000, within(0.1));
        assertThat(bookedRows).containsEntry(7L, 200L);
        assertThat(bookedOfServer).isFalse();
    }

    @Test
    void what_is_published_after_the_end_of_a_job_is_still_its_own() {
        second();
        second(7, 100, 0);
        second(7, 0, 4_000);
        // A session that has nothing to do publishes the rest within ten seconds.
        for (var i = 0; i < 9; i++) {
            second();
        }
        second(7, 0, 6_000);
        rest();
        assertThat(booked(7)).isCloseTo(10_000, within(0.1));
    }

    @Test
    void what_is_written_long_after_the_last_row_is_nobodys() {
        second();
        second(7, 100, 10_000);
        rest();
        second(7, 0, 90_000);
        rest();
        assertThat(booked(7)).isCloseTo(10_000, within(0.1));
    }

    @Test
    void jobs_at_the_same_time_share_by_their_rows() {
        second();
        rows.put(7L, 300L);
        second(8, 100, 40_000);
        rest();
        assertThat(booked(7)).isCloseTo(30_000, within(0.1));
        assertThat(booked(8)).isCloseTo(10_000, within(0.1));
    }

    @Test
    void a_leader_counts_neither_rows_nor_WAL_of_before_its_term_and_none_twice() {
        second();
        second(7, 100, 10_000);
        // The next one reads for the first time: what is between is lost, with its rows.
        leader = 2;
        second(7, 50, 5_000);
        second(7, 10, 1_000);
        rest();
        assertThat(booked(7)).isCloseTo(1_000, within(0.1));
        assertThat(bookedRows).containsEntry(7L, 10L);
    }

    @Test
    void a_session_that_goes_or_comes_does_not_spoil_the_sum() {
        second();
        second(7, 100, 1_000);
        bytes.remove("a");
        bytes.put("b", 500L);
        rows.merge(7L, 50L, Long::sum);
        second();
        rest();
        assertThat(booked(7)).isCloseTo(1_500, within(0.1));
    }

    @Test
    void that_others_are_in_it_is_booked() {
        ofServer = true;
        second();
        second(7, 1, 1);
        rest();
        assertThat(bookedOfServer).isTrue();
    }
}
