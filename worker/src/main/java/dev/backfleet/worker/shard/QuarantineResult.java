package dev.backfleet.worker.shard;

import dev.backfleet.common.job.Cursor;

/**
 * What the statement did that quarantines a row.
 *
 * @param cursor the checkpoint after it
 * @param quarantined whether a row was quarantined; the application may have deleted it meanwhile
 * @param status the state of the shard and its job after it
 * @param limits the limits for the next batch
 */
public record QuarantineResult(Cursor cursor, boolean quarantined, ShardStatus status, SlotLimits limits) {

    /** The state of a shard and its job. */
    public enum ShardStatus {
        /** The shard continues after the row. */
        CONTINUES,
        /** The row was the shard's last one. */
        DONE,
        /** The row has spent the job's error budget: the job is HALTED, and the shard was given back. */
        BUDGET_SPENT,
        /** The job was no longer RUNNING: no row was quarantined, and the shard was given back. */
        JOB_STOPPED
    }
}
