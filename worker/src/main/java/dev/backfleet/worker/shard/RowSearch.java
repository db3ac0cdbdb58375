package dev.backfleet.worker.shard;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The search for a row that the database does not take: one that is rejected, that takes longer than it may, or whose session is
 * lost each time. It makes batches smaller until the row is alone, and then decides whether to quarantine it.
 */
final class RowSearch {
    private final SingleRow single;
    private Bisection bisection = Bisection.CLEAR;
    private @Nullable Failure found;

    /**
     * Nothing is known yet.
     *
     * @param rowTimeout how long one row alone may take
     */
    RowSearch(Duration rowTimeout) {
        this.single = new SingleRow(rowTimeout);
    }

    /** Why the next row is to be quarantined; null if it is not. */
    @Nullable
    Failure found() {
        return found;
    }

    /** How many rows to try, of as many as would fit. */
    int atMost(int fitting) {
        return single.isAlone() ? 1 : bisection.atMost(fitting);
    }

    /** The time limit of the next batch; null: that of every batch. */
    @Nullable
    Duration timeout() {
        return single.timeout();
    }

    /** Whether batches have their usual size, so that their duration says how many rows fit. */
    boolean isOver() {
        return !bisection.isActive();
    }

    /** Whether the next row is tried alone, which may take as long as the lease. */
    boolean triesRowAlone() {
        return single.isAlone();
    }

    /** Whether it is being found out if the next row loses its sessions. */
    boolean countsSessions() {
        return single.losesSessions();
    }

    /**
     * A batch was committed.
     *
     * @param walked its rows
     * @param fitting how many would fit
     */
    void committed(long walked, int fitting) {
        if (walked > 0) {
            single.next();
        } else {
            single.movedPastNoRow();
        }
        bisection = bisection.passed(walked, fitting);
    }

    /** The statement that quarantines the row was committed. */
    void quarantined() {
        found = null;
        bisection = bisection.found();
        single.next();
    }

    /** The next row is another one than was tried. */
    void moved() {
        found = null;
        single.next();
    }

    /** A statement failed: what is known of the row may be outdated, and the next batch with it tells. */
    void failed() {
        found = null;
    }

    /**
     * A batch with a rejected row changed nothing: it is sent again with half the rows, down to that row alone.
     *
     * @return whether the row is alone, and must be tried again before it counts as rejected
     */
    boolean rejected(int rows, Failure failure) {
        bisection = bisection.refused(rows);
        if (rows == 1 && single.rejected(failure)) {
            found = failure;
        }
        return rows == 1 && found == null;
    }

    /** A batch took longer than it may; whether its only row is quarantined for that. */
    boolean timedOut(int rows, String code) {
        if (rows == 1 && single.timedOut()) {
            found = single.tooSlow(code);
        }
        return found != null;
    }

    /** The batch of the row alone lost its session and was not committed, though the server answers. */
    void lostSession(String code) {
        if (single.lostItsSession()) {
            found = single.endsItsSession(code);
        }
    }
}
