package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.coordinator.operation.Actor;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements about {@code backfleet.audit}: who changed what, and when. */
public final class AuditStore {

    private static final String DID = """
            insert into backfleet.audit (who, job_id, job_name, action, setting, old_value, new_value)
            select :who, id, name, :action, :setting, :before, :now from backfleet.job where id = :job
            """;

    private static final String DID_TO_FLEET =
            "insert into backfleet.audit (who, action, new_value) values (:who, :action, :now)";

    private final Handle handle;

    public AuditStore(Handle handle) {
        this.handle = handle;
    }

    /** Audits the change of a setting. */
    public void changed(long job, Actor who, String setting, String before, String now) {
        insert(job, who, "set", setting, before, now);
    }

    /** Audits an action on a job; {@code what} names the part that it was applied to, null: the whole job. */
    public void did(long job, Actor who, String action, @Nullable String what) {
        insert(job, who, action, null, null, what);
    }

    /** Audits a control record; {@code changed} is false if there was nothing to do. */
    public void controlled(Scope scope, Actor who, ControlRecord record, boolean changed) {
        var action = action(record.state()) + (changed ? "" : " (nothing to do)");
        if (scope instanceof Scope.Job job) {
            did(job.id(), who, action, record.reason());
        } else if (scope instanceof Scope.Tenant tenant) {
            did(tenant.job(), who, action, because("tenant " + tenant.tenant(), record));
        } else {
            handle.createUpdate(DID_TO_FLEET)
                    .bind("who", who.words())
                    .bind("action", action)
                    .bind("now", because("the fleet", record))
                    .execute();
        }
    }

    private static String because(String what, ControlRecord record) {
        return record.reason() == null ? what : what + ": " + record.reason();
    }

    private static String action(DesiredState state) {
        return switch (state) {
            case PAUSE -> "pause";
            case RUN -> "resume";
            case CANCEL -> "cancel";
        };
    }

    private void insert(
            long job,
            Actor who,
            String action,
            @Nullable String setting,
            @Nullable String before,
            @Nullable String now) {
        handle.createUpdate(DID)
                .bind("who", who.words())
                .bind("job", job)
                .bind("action", action)
                .bind("setting", setting)
                .bind("before", before)
                .bind("now", now)
                .execute();
    }
}
