package dev.backfleet.coordinator.duty;

import dev.backfleet.common.clock.Interval;
import dev.backfleet.common.clock.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The duty of keeping limits in WAL: measures each second what a row costs, and stores the rows per second that follow. */
public final class WalRateLimiter {
    /** What it does, in the status of a job for which it fails. */
    public static final String WHAT = "keeping its limit in WAL";

    private static final Duration EVERY = Duration.ofSeconds(1);

    // Servers publish what a session has written about once a second: over three of them the rows fit the bytes.
    private static final int SAMPLES = 4;

    private final Wal wal;
    private final Interval due;
    private final Deque<Reading> readings = new ArrayDeque<>();
    private final EachJob each;
    private WalCostEstimate pace = WalCostEstimate.START;

    /** Creates it; a limit that cannot be stored ends the round. */
    public WalRateLimiter(Wal wal, Ticker ticker) {
        this(wal, ticker, EachJob.plainly(WHAT));
    }

    /** Creates it. */
    public WalRateLimiter(Wal wal, Ticker ticker, EachJob each) {
        this.each = each;
        this.wal = wal;
        this.due = new Interval(EVERY, ticker);
    }

    /** Measures, if a job has a limit and the last time was long enough ago. */
    public void runOnce() {
        if (!due.isDue()) {
            return;
        }
        var limits = wal.limits();
        if (limits.isEmpty()) {
            readings.clear();
            return;
        }
        observe(wal.read());
        limits.forEach((job, bytes) -> each.run(job, () -> wal.store(job, pace.rows(bytes))));
    }

    private void observe(Reading now) {
        readings.addLast(now);
        if (readings.size() > SAMPLES) {
            readings.removeFirst();
        }
        var first = readings.getFirst();
        pace = pace.measured(grown(first.rows, now.rows), grown(first.bytes, now.bytes));
    }

    // A source that has gone takes what it counted with it; one that is new counts from zero.
    private static <K> long grown(Map<K, Long> before, Map<K, Long> after) {
        var grown = new HashMap<>(after);
        grown.replaceAll((source, count) -> growth(before.get(source), count));
        return grown.values().stream().mapToLong(Long::longValue).sum();
    }

    private static long growth(@Nullable Long before, long after) {
        return before == null || before > after ? after : after - before;
    }

    /**
     * Counts so far.
     *
     * @param rows rows changed, of each job
     * @param bytes WAL written, of each session of the fleet, or of the server under one name where it tells no better
     */
    public record Reading(Map<Long, Long> rows, Map<String, Long> bytes) {
        /** Copies the maps. */
        public Reading {
            rows = Map.copyOf(rows);
            bytes = Map.copyOf(bytes);
        }
    }

    /** Where it is measured, and where limits are kept. */
    public interface Wal {
        /** The bytes per second of each RUNNING job that has such a limit. */
        Map<Long, Long> limits();

        /** What was changed and written so far. */
        Reading read();

        /** Stores the rows per second that a job's limit comes to. */
        void store(long job, double rowsPerSecond);
    }
}
