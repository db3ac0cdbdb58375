package dev.backfleet.coordinator.postgres;

import org.jdbi.v3.core.Handle;

/** The statements about {@code backfleet.audit}: who changed what, and when. */
final class AuditStore {

    private static final String CHANGED = """
            insert into backfleet.audit (who, job_id, job_name, action, setting, old_value, new_value)
            select :who, id, name, 'set', :setting, :before, :now from backfleet.job where id = :job
            """;

    private final Handle handle;

    AuditStore(Handle handle) {
        this.handle = handle;
    }

    /** A setting of a job was changed. */
    void changed(long job, String who, String setting, String before, String now) {
        handle.createUpdate(CHANGED)
                .bind("who", who)
                .bind("job", job)
                .bind("setting", setting)
                .bind("before", before)
                .bind("now", now)
                .execute();
    }
}
