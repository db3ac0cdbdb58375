package dev.backfleet.coordinator.cost;

import dev.backfleet.coordinator.cost.WalShares.Share;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The duty of counting the WAL of jobs. It reads each second, and books every few seconds: what a leader has read and not booked when it
 * ends is not counted, and neither are the rows that belong to it.
 */
public final class WalBooks {
    /** How often it reads. */
    public static final Duration EVERY = Duration.ofSeconds(1);

    private static final int READINGS_OF_A_BOOKING = 3;

    private final Books books;
    private final WalShares shares = new WalShares();
    private final Map<Long, Share> open = new HashMap<>();
    private long epoch = -1;
    private int readings;

    public WalBooks(Books books) {
        this.books = books;
    }

    /**
     * Reads the counts.
     *
     * @param leader the epoch under which this coordinator leads
     */
    public void runOnce(long leader) {
        if (leader != epoch) {
            // Another leader has booked in between.
            shares.forget();
            open.clear();
            epoch = leader;
        }
        var reading = books.read();
        shares.add(reading).forEach((job, share) -> open.merge(job, share, Share::plus));
        readings++;
        if (readings >= READINGS_OF_A_BOOKING && !open.isEmpty()) {
            books.book(
                    open.entrySet().stream()
                            .map(one -> new Entry(
                                    one.getKey(),
                                    one.getValue().rows(),
                                    one.getValue().bytes()))
                            .toList(),
                    reading.ofServer());
            open.clear();
            readings = 0;
        }
    }

    /**
     * What is booked for a job.
     *
     * @param rows how many rows it has changed
     * @param bytes the WAL that belongs to them
     */
    public record Entry(long job, long rows, double bytes) {}

    /** Where the WAL of jobs is counted. */
    public interface Books {
        /** The counts so far. */
        WalReading read();

        /**
         * Adds to the WAL of jobs.
         *
         * @param ofServer whether what others have written is in it
         */
        void book(List<Entry> entries, boolean ofServer);
    }
}
