package dev.backfleet.simulation;

import dev.backfleet.common.job.Cursor;
import org.jspecify.annotations.Nullable;

/** The history of a claim on the server: who wrote in its epoch, which rows were reserved and changed. */
final class Run {
    private static final long CREDIT = 1_000_000;

    /** Rows paid for of the job's rate; less than what was changed is a debt. */
    double paid;

    /** Rows changed since the first that had to be paid for. */
    long changed;

    /** From when on the rows that were paid for last may be changed. */
    long begin;

    /** Whether the worker's rate account is inexact: an answer was lost, or the limit was changed. */
    boolean uncertain;

    /** Whether the worker does not know the changed limit yet: it may still execute what it has decided. */
    boolean untold;

    /** The cursor that the last batch was sent with. */
    @Nullable
    Cursor believed;

    /** If the job was paused when the last batch began, how many times it had been paused; otherwise -1. */
    int stops = -1;

    /** Whether the worker has received the answer to its last request. */
    boolean heard;

    /** Whether the outcome of a request is unknown and the checkpoint was not read since. */
    boolean unknown;

    /** Whether rows had to be paid for. */
    boolean limited;

    /** Rows that were reserved in a past second and not used are lost. */
    void loseCredit(long now) {
        if (now > begin + CREDIT) {
            paid = Math.min(paid, (double) changed);
        }
    }
}
