package dev.backfleet.simulation;

import dev.backfleet.common.job.Cursor;
import org.jspecify.annotations.Nullable;

/** What a claim came to, as the server saw it: who wrote in its epoch, what was paid for, what was changed. */
final class Run {
    private static final long CREDIT = 1_000_000;

    /** Rows paid for of the job's rate; less than what was changed is a debt. */
    double paid;

    /** Rows changed since the first that had to be paid for. */
    long changed;

    /** From when on the rows that were paid for last may be changed. */
    long begin;

    /** Whether the worker could not know what it owed: an answer got lost, or the limit was changed. */
    boolean uncertain;

    /** Whether the worker has not been told yet that the limit was changed: what it has decided, it may still do. */
    boolean untold;

    /** The cursor that the last batch was sent with. */
    @Nullable
    Cursor believed;

    /** When the last batch began, how many times the job had stopped, if it stood still; else -1. */
    int stops = -1;

    /** Whether the worker has heard of what it sent last. */
    boolean heard;

    /** Whether nobody knows what became of a question, and the checkpoint was not read since. */
    boolean unknown;

    /** Whether rows had to be paid for. */
    boolean limited;

    /** What was paid for in a second that is over by now, and not used, is lost. */
    void loseCredit(long now) {
        if (now > begin + CREDIT) {
            paid = Math.min(paid, (double) changed);
        }
    }
}
