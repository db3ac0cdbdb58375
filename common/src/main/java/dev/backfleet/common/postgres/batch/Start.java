package dev.backfleet.common.postgres.batch;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.JobDefinition;

/** The kind of point that a batch starts from. */
public enum Start {
    /** Before the first row. */
    BEFORE_ALL,
    /** After all rows of a tenant, where the tenant is not the whole key. */
    AFTER_A_TENANT,
    /** After a row. */
    AFTER_A_ROW;

    /** The kind of point that a cursor is. */
    public static Start of(Cursor cursor, JobDefinition job) {
        if (cursor.isStart()) {
            return BEFORE_ALL;
        }
        return cursor.values().size() < job.key().size() ? AFTER_A_TENANT : AFTER_A_ROW;
    }
}
