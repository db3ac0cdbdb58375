package dev.backfleet.coordinator.postgres.control;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.coordinator.operation.Outbox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements about {@code backfleet.control}: the last wish for each scope that was put into effect. */
public final class ControlRepository {

    // A record of the control topic counts only if it is newer than what is stored: by its place on the topic,
    // or, while what is stored has no place there, by the time at which it was said. A command's counts always,
    // and has no place on the topic until it is published.
    private static final String RECORD = """
            insert into backfleet.control as c (scope, state, reason, said_by, topic_id, topic_offset, unpublished)
            values (:scope, :state, :reason, :by, :topic, :offset, :topic::text is null)
            on conflict (scope) do update
            set state = excluded.state, reason = excluded.reason, said_by = excluded.said_by, said_at = now(),
                topic_id = coalesce(excluded.topic_id, c.topic_id),
                topic_offset = coalesce(excluded.topic_offset, c.topic_offset),
                unpublished = excluded.unpublished
            where excluded.topic_id is null
               or (c.topic_id is distinct from excluded.topic_id or c.topic_offset < excluded.topic_offset)
                  and (not c.unpublished or c.said_at < :at::timestamptz)
            returning said_at
            """;

    private static final String IS_SAID = """
            select exists (select from backfleet.control where scope = :scope and state = :state
              and reason is not distinct from :reason and said_by is not distinct from :by)
            """;

    private static final String PUBLISHED = """
            update backfleet.control c set topic_id = :topic, topic_offset = :offset, unpublished = false
            where c.scope = :scope and c.said_at = :said and c.unpublished
              and (c.topic_id is distinct from :topic or c.topic_offset <= :offset)
            """;

    // A command publishes what it says itself, and is given the time for it.
    private static final String UNPUBLISHED = """
            select c.scope, c.state, c.reason, c.said_by, c.said_at from backfleet.control c
            where c.unpublished and c.said_at < now() - interval '3 seconds'
              and (c.scope = 'fleet' or exists (
                select from backfleet.job j where j.finished_at is null
                  and (c.scope = 'job/' || j.id or starts_with(c.scope, 'job/' || j.id || '/'))))
            order by c.said_at
            """;

    private static final String LOCK = "select pg_advisory_xact_lock(hashtextextended('backfleet wishes ' || :job, 0))";

    private static final String DESIRED = "select state from backfleet.control where scope = :scope";

    private static final String TENANTS = """
            select substr(scope, length(:prefix) + 1) from backfleet.control
            where starts_with(scope, :prefix) and (:all or state <> 'RUN') order by scope
            """;

    private static final String FORGET = "delete from backfleet.control where scope = :scope";

    private final Handle handle;

    public ControlRepository(Handle handle) {
        this.handle = handle;
    }

    /** Keeps others from storing what is wanted of a job until the transaction ends: a plan sees it, or is seen. */
    public void begin(long job) {
        handle.createQuery(LOCK).bind("job", job).mapTo(String.class).one();
    }

    /** Whether the last wish for a scope is the same, by the same person for the same reason. */
    boolean isSaid(Scope scope, ControlRecord wish) {
        return handle.createQuery(IS_SAID)
                .bind("scope", scope.key())
                .bind("state", wish.state().name())
                .bind("reason", wish.reason())
                .bind("by", wish.by())
                .mapTo(Boolean.class)
                .one();
    }

    /** Stores a wish and gives the time at which it was said; nothing if a newer one was stored already. */
    Optional<Instant> record(Scope scope, ControlRecord wish, Optional<ControlPosition> position) {
        return handle.createQuery(RECORD)
                .bind("scope", scope.key())
                .bind("state", wish.state().name())
                .bind("reason", wish.reason())
                .bind("by", wish.by())
                .bind("topic", position.map(ControlPosition::topicId).orElse(null))
                .bind("offset", position.map(ControlPosition::offset).orElse(null))
                .bind("at", position.map(ControlPosition::at).orElse(null))
                .mapTo(Instant.class)
                .findOne();
    }

    /** Stores where on the topic a wish stands that was said at a time, unless another has replaced it. */
    void published(Scope scope, Instant said, ControlPosition position) {
        handle.createUpdate(PUBLISHED)
                .bind("scope", scope.key())
                .bind("said", said)
                .bind("topic", position.topicId())
                .bind("offset", position.offset())
                .execute();
    }

    /** What is stored and not known to be on the topic. */
    List<Outbox.Unpublished> unpublished() {
        return handle.createQuery(UNPUBLISHED).map((row, context) -> unpublished(row)).list().stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Outbox.Unpublished> unpublished(ResultSet row) throws SQLException {
        var wish = new ControlRecord(
                DesiredState.valueOf(row.getString("state")), row.getString("reason"), row.getString("said_by"));
        var said = row.getObject("said_at", OffsetDateTime.class).toInstant();
        return Scope.parse(row.getString("scope")).map(scope -> new Outbox.Unpublished(scope, wish, said));
    }

    /** The last wish for a scope. */
    public Optional<DesiredState> desired(Scope scope) {
        return handle.createQuery(DESIRED)
                .bind("scope", scope.key())
                .mapTo(String.class)
                .findOne()
                .map(DesiredState::valueOf);
    }

    /** The tenants of a job that are to stand still, as they were written. */
    public List<String> pausedTenants(long job) {
        return tenants(job, false);
    }

    /** The tenants of a job that anything was said about, as they were written. */
    public List<String> tenants(long job) {
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
