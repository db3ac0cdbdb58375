package dev.backfleet.worker.shard;

import dev.backfleet.common.job.Cursor;

/**
 * What came of putting a refused row aside.
 *
 * @param cursor where the checkpoint is now
 * @param quarantined whether a row was put into quarantine; it may have gone meanwhile
 * @param standing how the shard and its job stand now
 * @param terms what holds for the next batch
 */
public record QuarantineResult(Cursor cursor, boolean quarantined, Standing standing, SlotLimits terms) {

    /** How the shard and its job stand. */
    public enum Standing {
        /** The shard goes on after the row. */
        GOES_ON,
        /** The row was the shard's last one. */
        DONE,
        /** With this row the job's error budget was spent: the job is HALTED, and the shard was given back. */
        BUDGET_SPENT,
        /** The job was RUNNING no more; nothing was put aside, and the shard was given back. */
        JOB_STOPPED
    }
}
