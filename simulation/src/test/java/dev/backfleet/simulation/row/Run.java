package dev.backfleet.simulation.row;

import dev.backfleet.common.job.Cursor;
import org.jspecify.annotations.Nullable;

/** The history of a claim on the server: who wrote in its epoch, which rows were reserved and changed. */
public final class Run {
    private static final long CREDIT = 1_000_000;

    /** Rows paid for of the job's rate; less than what was changed is a debt. */
    public double paid;

    /** Rows changed since the first that had to be paid for. */
    public long changed;

    /** From when on the rows that were paid for last may be changed. */
    public long begin;

    /** Whether the worker's rate account is inexact: an answer was lost, or the limit was changed. */
    public boolean uncertain;

    /** Whether the worker does not know the changed limit yet: it may still execute what it has decided. */
    public boolean untold;

    /** The cursor that the last batch was sent with. */
    @Nullable
    public Cursor believed;

    /** If the job was paused when the last batch began, how many times it had been paused; otherwise -1. */
    public int stops = -1;

    /** Whether the worker has received the answer to its last request. */
    public boolean heard;

    /** Whether the outcome of a request is unknown and the checkpoint was not read since. */
    public boolean unknown;

    /** Whether rows had to be paid for. */
    public boolean limited;

    /** Rows that were reserved in a past second and not used are lost. */
    public void loseCredit(long now) {
        if (now > begin + CREDIT) {
            paid = Math.min(paid, (double) changed);
        }
    }
}
