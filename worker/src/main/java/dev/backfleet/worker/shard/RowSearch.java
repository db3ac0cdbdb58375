package dev.backfleet.worker.shard;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.unit.HumanDuration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The search for a row that the database does not take: one that is rejected, that takes longer than it may, or whose session is
 * lost each time. It makes batches smaller until the row is alone, and then decides whether to quarantine it. Errors that may not
 * occur with another try, and time limits, which a busy server exceeds too, are attributed to the row only if they occur with
 * each try.
 */
final class RowSearch {
    private static final int TRIES = 3;

    // So many because a bad network or a restarting server loses sessions as well, whatever the row.
    private static final int LOST_SESSIONS = 10;

    private final Duration rowTimeout;
    private Bisection bisection = Bisection.CLEAR;
    private @Nullable Failure found;

    // Of the next row, while it is tried alone.
    private boolean slow;
    private int failures;
    private int lostSessions;

    /**
     * Nothing is known yet.
     *
     * @param rowTimeout how long one row alone may take
     */
    RowSearch(Duration rowTimeout) {
        this.rowTimeout = rowTimeout;
    }

    /** Why the next row is to be quarantined; null if it is not. */
    @Nullable
    Failure found() {
        return found;
    }

    /** How many rows to try, of as many as would fit. */
    int atMost(int fitting) {
        return triesRowAlone() ? 1 : bisection.atMost(fitting);
    }

    /** The time limit of the next batch; null: that of every batch. */
    @Nullable
    Duration timeout() {
        return slow ? rowTimeout : null;
    }

    /** Whether batches have their usual size, so that their duration says how many rows fit. */
    boolean isOver() {
        return !bisection.isActive();
    }

    /** Whether the next row is tried alone, which may take as long as the lease. */
    boolean triesRowAlone() {
        return slow || countsSessions();
    }

    /** Whether it is being found out if the next row loses its sessions. */
    boolean countsSessions() {
        return lostSessions > 0;
    }

    /**
     * A batch was committed.
     *
     * @param walked its rows
     * @param fitting how many would fit
     */
    void committed(long walked, int fitting) {
        if (walked > 0) {
            nextRow();
        } else {
            // The checkpoint moved past keys of deleted rows only: the next row is still tried alone.
            failures = 0;
            lostSessions = Math.min(lostSessions, 1);
        }
        bisection = bisection.passed(walked, fitting);
    }

    /** The statement that quarantines the row was committed. */
    void quarantined() {
        bisection = bisection.found();
        moved();
    }

    /** The next row is another one than was tried. */
    void moved() {
        found = null;
        nextRow();
    }

    private void nextRow() {
        slow = false;
        failures = 0;
        lostSessions = 0;
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
        if (rows > 1) {
            return false;
        }
        failures++;
        if (!failure.isAmbiguous() || failures >= TRIES) {
            found = failure;
        }
        return found == null;
    }

    /** A batch took longer than it may; whether its only row is quarantined for that. */
    boolean timedOut(int rows, String code) {
        if (rows == 1) {
            failures += slow ? 1 : 0;
            slow = true;
            if (failures >= TRIES) {
                found = new Failure(ErrorKind.TIMED_OUT, code, "takes longer than " + HumanDuration.format(rowTimeout));
            }
        }
        return found != null;
    }

    /** The batch of the row alone lost its session and was not committed, though the server answers. */
    void lostSession(String code) {
        lostSessions++;
        if (lostSessions >= LOST_SESSIONS) {
            found = new Failure(
                    ErrorKind.REFUSED_ROW,
                    code,
                    "each of " + LOST_SESSIONS + " batches of this row alone lost its session");
        }
    }

    /**
     * Finds rows that the database rejects, by halving batches: each such row costs about twice the logarithm of a batch's size
     * in statements, and one next to another costs two. An immutable value.
     *
     * @param suspects how many rows after the checkpoint contain a rejected one; 0: none is known
     * @param mostRows how many rows may be tried at once otherwise
     */
    private record Bisection(int suspects, int mostRows) {
        private static final int GROWTH = 4;

        /** No row was rejected lately. */
        static final Bisection CLEAR = new Bisection(0, Integer.MAX_VALUE);

        /** Whether batches are smaller than they would be otherwise, because of a rejected row. */
        boolean isActive() {
            return !equals(CLEAR);
        }

        /** How many rows to try, of as many as would fit. */
        int atMost(int fitting) {
            return Math.min(fitting, suspects > 0 ? Math.max(1, suspects / 2) : mostRows);
        }

        /** A batch of so many rows was rejected. */
        Bisection refused(int rows) {
            return new Bisection(rows, 1);
        }

        /**
         * A batch was committed.
         *
         * @param walked its rows; the rejected one is among the others
         * @param fitting how many would fit
         */
        Bisection passed(long walked, int fitting) {
            if (suspects > walked) {
                return new Bisection((int) (suspects - walked), 1);
            }
            var grown = Math.max(1, walked) * GROWTH;
            return !isActive() || grown >= fitting ? CLEAR : new Bisection(0, (int) grown);
        }

        /** The rejected row was quarantined. The next row may be rejected too: bad rows tend to be next to each other. */
        Bisection found() {
            return new Bisection(0, 1);
        }
    }
}
