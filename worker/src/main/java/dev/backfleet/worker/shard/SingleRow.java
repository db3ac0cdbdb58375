package dev.backfleet.worker.shard;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.unit.HumanDuration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a row that is tried alone because batches with it failed. An error that another try may well not meet
 * again, and a time limit that a busy server may exceed, too, are a row's only if the row meets them each time.
 */
final class SingleRow {
    private static final int TRIES = 3;

    private final Duration timeout;
    private boolean slow;
    private int failures;

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
    }

    /** The checkpoint moved, but past no row: the next one is still tried alone. */
    void crossed() {
        failures = 0;
    }

    /** Whether it is tried again, alone, with its own time limit. */
    boolean isSlow() {
        return slow;
    }

    /** The time limit of the next try; null: that of every batch. */
    @Nullable
    Duration timeout() {
        return slow ? timeout : null;
    }

    /** It took longer than it may; whether it is to be quarantined for that. */
    boolean timedOut() {
        failures += slow ? 1 : 0;
        slow = true;
        return failures >= TRIES;
    }

    /** It was rejected; whether it is to be quarantined for that. */
    boolean rejected(Failure failure) {
        failures++;
        return !failure.isAmbiguous() || failures >= TRIES;
    }

    /** Why a row is quarantined that took longer than it may. */
    Failure tooSlow(String code) {
        return new Failure(ErrorKind.TIMED_OUT, code, "takes longer than " + HumanDuration.format(timeout));
    }
}
