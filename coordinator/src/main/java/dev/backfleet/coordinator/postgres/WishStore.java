package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements about {@code backfleet.control}: the last wish for each scope that was put into effect. */
final class WishStore {

    // A record of the control topic counts only if it is newer than the one that was put into effect last; a wish that
    // could not be published counts always, and leaves the place in the topic as it was.
    private static final String RECORD = """
            insert into backfleet.control as c (scope, state, reason, said_by, topic_id, topic_offset)
            values (:scope, :state, :reason, :by, :topic, :offset)
            on conflict (scope) do update
            set state = excluded.state, reason = excluded.reason, said_by = excluded.said_by, said_at = now(),
                topic_id = coalesce(excluded.topic_id, c.topic_id),
                topic_offset = coalesce(excluded.topic_offset, c.topic_offset)
            where excluded.topic_id is null or c.topic_id is distinct from excluded.topic_id
               or c.topic_offset < excluded.topic_offset
            """;

    private static final String DESIRED = "select state from backfleet.control where scope = :scope";

    private static final String TENANTS = """
            select substr(scope, length(:prefix) + 1) from backfleet.control
            where starts_with(scope, :prefix) and (:all or state <> 'RUN') order by scope
            """;

    private static final String FORGET = "delete from backfleet.control where scope = :scope";

    private final Handle handle;

    WishStore(Handle handle) {
        this.handle = handle;
    }

    /** Stores a wish; false if a newer one was stored already. */
    boolean record(Scope scope, ControlRecord wish, Optional<ControlPosition> position) {
        return handle.createUpdate(RECORD)
                        .bind("scope", scope.key())
                        .bind("state", wish.state().name())
                        .bind("reason", wish.reason())
                        .bind("by", wish.by())
                        .bind("topic", position.map(ControlPosition::topicId).orElse(null))
                        .bind("offset", position.map(ControlPosition::offset).orElse(null))
                        .execute()
                == 1;
    }

    /** The last wish for a scope. */
    Optional<DesiredState> desired(Scope scope) {
        return handle.createQuery(DESIRED)
                .bind("scope", scope.key())
                .mapTo(String.class)
                .findOne()
                .map(DesiredState::valueOf);
    }

    /** The tenants of a job that are to stand still, as they were written. */
    List<String> pausedTenants(long job) {
        return tenants(job, false);
    }

    /** The tenants of a job that anything was said about, as they were written. */
    List<String> tenants(long job) {
        return tenants(job, true);
    }

    private List<String> tenants(long job, boolean all) {
        return handle.createQuery(TENANTS)
                .bind("all", all)
                .bind("prefix", Scope.tenant(job, "").key())
                .mapTo(String.class)
                .list();
    }

    /** Forgets a scope that is over. */
    void forget(Scope scope) {
        handle.createUpdate(FORGET).bind("scope", scope.key()).execute();
    }
}
