package dev.backfleet.coordinator.cost;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shares the WAL that was written between two readings out among the jobs that have changed rows. A server publishes the WAL of its
 * sessions about once a second: so the rows of the last readings decide. A session that has nothing to do any more publishes what is left
 * within ten seconds: so long the jobs that have changed rows last get it. What is written after that is nobody's.
 */
final class WalShares {
    private static final int READINGS = 3;

    /** So many readings without a changed row, and what is written then is nobody's. */
    private static final int QUIET = 12;

    private final Deque<Map<Long, Long>> changed = new ArrayDeque<>();
    private @Nullable WalReading last;
    private int quiet;

    /** The part of each job since the reading before; nothing after the first one. */
    Map<Long, Share> add(WalReading now) {
        var before = last;
        last = now;
        if (before == null) {
            return Map.of();
        }
        // A job that the reading before did not have was submitted since.
        var rows = new HashMap<Long, Long>();
        now.rows()
                .forEach((job, count) ->
                        rows.put(job, Math.max(0, count - before.rows().getOrDefault(job, 0L))));
        remember(rows);
        var recent = new HashMap<Long, Long>();
        changed.forEach(part -> part.forEach((job, count) -> recent.merge(job, count, Long::sum)));
        double all = recent.values().stream().mapToLong(Long::longValue).sum();
        var bytes = bytes(before.bytes(), now.bytes());
        var shares = new HashMap<Long, Share>();
        recent.forEach((job, count) -> {
            if (count > 0) {
                shares.put(job, new Share(rows.getOrDefault(job, 0L), bytes * count / all));
            }
        });
        return shares;
    }

    private void remember(Map<Long, Long> rows) {
        if (rows.values().stream().allMatch(count -> count == 0)) {
            quiet++;
            if (quiet > QUIET) {
                changed.clear();
            }
            return;
        }
        quiet = 0;
        changed.addLast(rows);
        if (changed.size() > READINGS) {
            changed.removeFirst();
        }
    }

    /** The next reading is the first one again. */
    void forget() {
        last = null;
        changed.clear();
    }

    // The count of a session that has ended is gone; a new session counts from zero.
    private static double bytes(Map<String, Long> before, Map<String, Long> after) {
        return after.entrySet().stream()
                .mapToLong(one -> {
                    var earlier = before.getOrDefault(one.getKey(), 0L);
                    return earlier > one.getValue() ? one.getValue() : one.getValue() - earlier;
                })
                .sum();
    }

    /**
     * The part of a job.
     *
     * @param rows how many rows it has changed
     * @param bytes the WAL that is taken to be its own
     */
    record Share(long rows, double bytes) {
        Share plus(Share more) {
            return new Share(rows + more.rows, bytes + more.bytes);
        }
    }
}
