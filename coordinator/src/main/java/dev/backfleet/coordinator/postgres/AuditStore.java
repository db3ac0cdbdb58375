package dev.backfleet.coordinator.postgres;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements about {@code backfleet.audit}: who changed what, and when. */
final class AuditStore {

    private static final String DID = """
            insert into backfleet.audit (who, job_id, job_name, action, setting, old_value, new_value)
            select :who, id, name, :action, :setting, :before, :now from backfleet.job where id = :job
            """;

    private final Handle handle;

    AuditStore(Handle handle) {
        this.handle = handle;
    }

    /** A setting of a job was changed. */
    void changed(long job, String who, String setting, String before, String now) {
        insert(job, who, "set", setting, before, now);
    }

    /** Something was done with a job, to so much of it. */
    void did(long job, String who, String action, String what) {
        insert(job, who, action, null, null, what);
    }

    private void insert(
            long job, String who, String action, @Nullable String setting, @Nullable String before, String now) {
        handle.createUpdate(DID)
                .bind("who", who)
                .bind("job", job)
                .bind("action", action)
                .bind("setting", setting)
                .bind("before", before)
                .bind("now", now)
                .execute();
    }
}
