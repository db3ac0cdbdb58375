package dev.backfleet.simulation.row;

import java.util.ArrayDeque;
import java.util.Deque;

/** What was changed of a job in the last second, by the time of the commit. */
public final class RateMeter {
    private static final long SECOND = 1_000_000;

    private final Deque<long[]> commits = new ArrayDeque<>();
    private long rows;
    private long excusedUntil = Long.MIN_VALUE;

    /** Discards earlier rows: the limit was changed, or its clock was reset or lost. */
    public void excuse(long until) {
        commits.clear();
        rows = 0;
        excusedUntil = Math.max(excusedUntil, until);
    }

    /** Counts a commit; how much there was in the second that ends with it. */
    public long committed(long now, long changed) {
        if (now < excusedUntil) {
            return 0;
        }
        commits.addLast(new long[] {now, changed});
        rows += changed;
        while (commits.getFirst()[0] <= now - SECOND) {
            rows -= commits.removeFirst()[1];
        }
        return rows;
    }
}
