package dev.backfleet.worker.shard;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.unit.HumanDuration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a row that is tried alone because batches with it failed. Errors that may not occur with another try, and
 * time limits, which a busy server exceeds too, are attributed to the row only if they occur with each try.
 */
final class SingleRow {
    private static final int TRIES = 3;

    // So many because a bad network or a restarting server loses sessions as well, whatever the row.
    private static final int LOST_SESSIONS = 10;

    private final Duration timeout;
    private boolean slow;
    private int failures;
    private int lostSessions;

    /**
     * Nothing is known yet.
     *
     * @param timeout how long one row alone may take
     */
    SingleRow(Duration timeout) {
        this.timeout = timeout;
    }

    /** The next row is another one. */
    void next() {
        slow = false;
        failures = 0;
        lostSessions = 0;
    }

    /** The checkpoint moved past keys of deleted rows only: the next row is still tried alone. */
    void movedPastNoRow() {
        failures = 0;
        lostSessions = Math.min(lostSessions, 1);
    }

    /** Whether the row is tried alone. */
    boolean isAlone() {
        return slow || losesSessions();
    }

    /** Whether the last batch of the row alone was lost with its session. */
    boolean losesSessions() {
        return lostSessions > 0;
    }

    /** The time limit of the next try; null: that of every batch. */
    @Nullable
    Duration timeout() {
        return slow ? timeout : null;
    }

    /** The row took longer than it may; whether to quarantine it for that. */
    boolean timedOut() {
        failures += slow ? 1 : 0;
        slow = true;
        return failures >= TRIES;
    }

    /** The row was rejected; whether to quarantine it for that. */
    boolean rejected(Failure failure) {
        failures++;
        return !failure.isAmbiguous() || failures >= TRIES;
    }

    /** A batch of the row alone lost its session, and was not committed; whether to quarantine the row for that. */
    boolean lostItsSession() {
        lostSessions++;
        return lostSessions >= LOST_SESSIONS;
    }

    /** The reason for quarantining a row whose batches lose their sessions. */
    Failure endsItsSession(String code) {
        return new Failure(
                ErrorKind.REFUSED_ROW,
                code,
                "each of " + LOST_SESSIONS + " batches of this row alone lost its session");
    }

    /** The reason for quarantining a row that takes longer than it may. */
    Failure tooSlow(String code) {
        return new Failure(ErrorKind.TIMED_OUT, code, "takes longer than " + HumanDuration.format(timeout));
    }
}
