package dev.backfleet.coordinator.duty;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The duty of enforcing limits in WAL: measures each second how much WAL a row costs, and stores the rows per second that follow. */
public final class WalRateLimiter {
    /** Names this duty in the status of a job for which it fails. */
    public static final String WHAT = "keeping its limit in WAL";

    /** How often it measures. */
    public static final Duration EVERY = Duration.ofSeconds(1);

    // A server publishes the WAL of its sessions about once a second: only over several seconds do rows and bytes
    // match.
    private static final int SAMPLES = 4;

    private final Wal wal;
    private final Deque<Reading> readings = new ArrayDeque<>();
    private final EachJob each;
    private WalCostEstimate cost = WalCostEstimate.START;

    public WalRateLimiter(Wal wal, EachJob each) {
        this.each = each;
        this.wal = wal;
    }

    /** Measures, if a job has a limit. */
    public void runOnce() {
        var limits = wal.limits();
        if (limits.isEmpty()) {
            readings.clear();
            return;
        }
        observe(wal.read());
        limits.forEach((job, bytes) -> each.run(job, () -> wal.store(job, cost.rows(bytes))));
    }

    private void observe(Reading now) {
        readings.addLast(now);
        if (readings.size() > SAMPLES) {
            readings.removeFirst();
        }
        var first = readings.getFirst();
        cost = cost.measured(grown(first.rows, now.rows), grown(first.bytes, now.bytes));
    }

    // The count of a session that has ended is gone; a new session counts from zero.
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
     * @param rows rows changed by each job
     * @param bytes WAL written by each session of the fleet; by the whole server, under one name, where the server does not
     *     count by session
     */
    public record Reading(Map<Long, Long> rows, Map<String, Long> bytes) {
        public Reading {
            rows = Map.copyOf(rows);
            bytes = Map.copyOf(bytes);
        }
    }

    /** The WAL that was written, and the limits of jobs. */
    public interface Wal {
        /** The bytes per second of each RUNNING job that has such a limit. */
        Map<Long, Long> limits();

        /** The rows changed and the WAL written so far. */
        Reading read();

        /** Stores the rows per second of a job's limit. */
        void store(long job, double rowsPerSecond);
    }
}
