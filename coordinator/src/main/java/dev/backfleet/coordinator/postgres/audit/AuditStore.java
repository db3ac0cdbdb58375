package dev.backfleet.coordinator.postgres.audit;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.coordinator.operation.Actor;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The statements that add to {@code backfleet.audit}: who changed what, and when. PostgreSQL adds role, address and time, and appends
 * the row to the chain of hashes when the transaction commits ({@code backfleet.chain_audit}).
 */
public final class AuditStore {

    private static final String DID = """
            insert into backfleet.audit
              (who, via, client, request_id, job_id, job_name, action, setting, old_value, new_value, reason)
            select :who, :via, :client, :request, id, name, :action, :setting, case when :stateBefore then state else :before end, :now,
                   :reason
            from backfleet.job where id = :job
            """;

    private static final String DID_TO_FLEET = """
            insert into backfleet.audit (who, via, client, request_id, action, new_value, reason)
            values (:who, :via, :client, :request, :action, :now, :reason)
            """;

    private final Handle handle;

    public AuditStore(Handle handle) {
        this.handle = handle;
    }

    /** Audits the change of a setting. */
    public void changed(long job, Actor who, String setting, String before, String now) {
        insert(job, who, "set", new Change(setting, before, now, null, false));
    }

    /** Audits an action on a job; {@code what} names the part that it was applied to, null: the whole job. */
    public void did(long job, Actor who, String action, @Nullable String what) {
        insert(job, who, action, new Change(null, null, what, null, false));
    }

    /**
     * Audits a control record, with the job's state before it; {@code changed} is false if there was nothing to do. It must come before
     * the record is put into effect.
     */
    public void controlled(Scope scope, Actor who, ControlRecord record, boolean changed) {
        var action = action(record.state()) + (changed ? "" : " (nothing to do)");
        if (scope instanceof Scope.Job job) {
            insert(job.id(), who, action, new Change(null, null, null, record.reason(), true));
        } else if (scope instanceof Scope.Tenant tenant) {
            insert(
                    tenant.job(),
                    who,
                    action,
                    new Change(null, null, "tenant " + tenant.tenant(), record.reason(), false));
        } else {
            insert(who, action, "the fleet", record.reason());
        }
    }

    /** Audits an action that concerns no single job. */
    public void didToFleet(Actor who, String action, String what) {
        insert(who, action, what, null);
    }

    /** Audits an action that concerns no single job, and why. */
    public void didToFleet(Actor who, String action, String what, @Nullable String reason) {
        insert(who, action, what, reason);
    }

    private void insert(Actor who, String action, String now, @Nullable String reason) {
        handle.createUpdate(DID_TO_FLEET)
                .bind("who", who.words())
                .bind("via", who.via())
                .bind("client", who.client())
                .bind("request", who.request())
                .bind("action", action)
                .bind("now", now)
                .bind("reason", reason)
                .execute();
    }

    private static String action(DesiredState state) {
        return switch (state) {
            case PAUSE -> "pause";
            case RUN -> "resume";
            case CANCEL -> "cancel";
        };
    }

    private void insert(long job, Actor who, String action, Change change) {
        handle.createUpdate(DID)
                .bind("who", who.words())
                .bind("via", who.via())
                .bind("client", who.client())
                .bind("request", who.request())
                .bind("job", job)
                .bind("action", action)
                .bind("setting", change.setting)
                .bind("stateBefore", change.ofState)
                .bind("before", change.before)
                .bind("now", change.now)
                .bind("reason", change.reason)
                .execute();
    }

    private record Change(
            @Nullable String setting,
            @Nullable String before,
            @Nullable String now,
            @Nullable String reason,
            boolean ofState) {}
}
