package dev.backfleet.coordinator.postgres.control;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.coordinator.control.Outbox;
import dev.backfleet.coordinator.operation.control.ControlStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements about {@code backfleet.control}: the desired state of each scope that was last put into effect. */
public final class ControlRepository {

    // A record of the control topic is stored only if it is newer than the stored one: by its offset on the topic, or,
    // while the stored one has no offset, by time. A command's record is always stored, and has no offset until it is
    // published.
    private static final String RECORD = """
            insert into backfleet.control as c (scope, state, reason, said_by, topic_id, topic_offset, unpublished)
            values (:scope, :state, :reason, :by, :topic, :offset, :topic::text is null)
            on conflict (scope) do update
            set state = excluded.state, reason = excluded.reason, said_by = excluded.said_by, said_at = now(),
                quiet_at = case when excluded.state = 'PAUSE' then c.quiet_at end,
                topic_id = coalesce(excluded.topic_id, c.topic_id),
                topic_offset = coalesce(excluded.topic_offset, c.topic_offset),
                unpublished = excluded.unpublished
            where excluded.topic_id is null
               or (c.topic_id is distinct from excluded.topic_id or c.topic_offset < excluded.topic_offset)
                  and (not c.unpublished or c.said_at < :at::timestamptz)
            returning said_at
            """;

    private static final String IS_STORED = """
            select exists (select from backfleet.control where scope = :scope and state = :state
              and reason is not distinct from :reason and said_by is not distinct from :by)
            """;

    private static final String PUBLISHED = """
            update backfleet.control c set topic_id = :topic, topic_offset = :offset, unpublished = false
            where c.scope = :scope and c.said_at = :said and c.unpublished
              and (c.topic_id is distinct from :topic or c.topic_offset <= :offset)
            """;

    // A command publishes its record itself: within 3 seconds, or it could not.
    private static final String UNPUBLISHED = """
            select c.scope, c.state, c.reason, c.said_by, c.said_at from backfleet.control c
            where c.unpublished and c.said_at < now() - interval '3 seconds'
              and (c.scope = 'fleet' or exists (
                select from backfleet.job j where j.finished_at is null
                  and (c.scope = 'job/' || j.id or starts_with(c.scope, 'job/' || j.id || '/'))))
            order by c.said_at
            """;

    private static final String LOCK = "select pg_advisory_xact_lock(hashtextextended('backfleet wishes ' || :job, 0))";

    private static final String LOCK_RECORD = "select state from backfleet.control where scope = :scope for update";

    private static final String DESIRED = "select state, reason, said_by from backfleet.control where scope = :scope";

    private static final String UNPROVEN =
            "select said_at from backfleet.control where scope = 'fleet' and state = 'PAUSE' and quiet_at is null";

    // Without waiting: whoever has locked the row is another one that has proven the pause, or ends it.
    private static final String PROVEN = """
            update backfleet.control c
            set quiet_at = clock_timestamp(), quiet_seconds = extract(epoch from clock_timestamp() - c.said_at)
            where c.scope = (select f.scope from backfleet.control f
                             where f.scope = 'fleet' and f.state = 'PAUSE' and f.said_at = :said and f.quiet_at is null
                             for update skip locked)
            """;

    private static final String TENANTS = """
            select substr(scope, length(:prefix) + 1) from backfleet.control
            where starts_with(scope, :prefix) and (:all or state <> 'RUN') order by scope
            """;

    private static final String HOLDS = """
            select 'fleet' as scope, null as name, c.said_by, c.said_at, c.reason from backfleet.control c
            where c.scope = 'fleet' and c.state <> 'RUN'
            union all
            select 'job/' || j.id, j.name, c.said_by, c.said_at, coalesce(c.reason, j.reason)
            from backfleet.job j left join backfleet.control c on c.scope = 'job/' || j.id and c.state <> 'RUN'
            where j.finished_at is null and (j.state in ('PAUSED', 'PAUSING', 'HALTED') or c.scope is not null)
              and (:job::bigint is null or j.id = :job)
            union all
            select c.scope, j.name, c.said_by, c.said_at, c.reason
            from backfleet.job j join backfleet.control c on starts_with(c.scope, 'job/' || j.id || '/tenant/')
            where j.id = :job and c.state <> 'RUN'
              and (not starts_with(:scope, 'job/' || j.id || '/tenant/') or c.scope = :scope)
            order by scope
            """;

    private final Handle handle;

    public ControlRepository(Handle handle) {
        this.handle = handle;
    }

    /** Locks the desired states of a job until the transaction ends: a plan sees a desired state, or whoever stores one sees the plan. */
    public void begin(long job) {
        handle.createQuery(LOCK).bind("job", job).mapTo(String.class).one();
    }

    /** Locks the record of a scope, if there is one, until the transaction ends. */
    void lock(Scope scope) {
        handle.createQuery(LOCK_RECORD)
                .bind("scope", scope.key())
                .mapTo(String.class)
                .findOne();
    }

    /** Whether the stored record of a scope is the same, by the same author for the same reason. */
    boolean isStored(Scope scope, ControlRecord record) {
        return handle.createQuery(IS_STORED)
                .bind("scope", scope.key())
                .bind("state", record.state().name())
                .bind("reason", record.reason())
                .bind("by", record.by())
                .mapTo(Boolean.class)
                .one();
    }

    /** Stores a record and returns the time of storing; nothing if a newer one is already stored. */
    Optional<Instant> record(Scope scope, ControlRecord record, Optional<ControlPosition> position) {
        return handle.createQuery(RECORD)
                .bind("scope", scope.key())
                .bind("state", record.state().name())
                .bind("reason", record.reason())
                .bind("by", record.by())
                .bind("topic", position.map(ControlPosition::topicId).orElse(null))
                .bind("offset", position.map(ControlPosition::offset).orElse(null))
                .bind("at", position.map(ControlPosition::at).orElse(null))
                .mapTo(Instant.class)
                .findOne();
    }

    /** Stores the position on the topic of the record that was stored at a time, unless another record has replaced it. */
    void published(Scope scope, Instant storedAt, ControlPosition position) {
        handle.createUpdate(PUBLISHED)
                .bind("scope", scope.key())
                .bind("said", storedAt)
                .bind("topic", position.topicId())
                .bind("offset", position.offset())
                .execute();
    }

    /** The records that are not known to be on the topic. */
    List<Outbox.Unpublished> unpublished() {
        return handle.createQuery(UNPUBLISHED).map((row, context) -> unpublished(row)).list().stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Outbox.Unpublished> unpublished(ResultSet row) throws SQLException {
        var record = new ControlRecord(
                DesiredState.valueOf(row.getString("state")), row.getString("reason"), row.getString("said_by"));
        var storedAt = row.getObject("said_at", OffsetDateTime.class).toInstant();
        return Scope.parse(row.getString("scope")).map(scope -> new Outbox.Unpublished(scope, record, storedAt));
    }

    /** The desired state of a scope. */
    public Optional<DesiredState> desired(Scope scope) {
        return stored(scope).map(ControlRecord::state);
    }

    /** When the pause of the fleet was stored of which it is not known yet that no more rows change; nothing if there is none. */
    Optional<Instant> unprovenFleetPause() {
        return handle.createQuery(UNPROVEN).mapTo(Instant.class).findOne();
    }

    /** Stores that no more rows change since the pause of the fleet that was stored at a time. */
    void fleetPauseProven(Instant storedAt) {
        handle.createUpdate(PROVEN).bind("said", storedAt).execute();
    }

    /** The record of a scope that was last put into effect. */
    public Optional<ControlRecord> stored(Scope scope) {
        return handle.createQuery(DESIRED)
                .bind("scope", scope.key())
                .map((row, context) -> new ControlRecord(
                        DesiredState.valueOf(row.getString("state")),
                        row.getString("reason"),
                        row.getString("said_by")))
                .findOne();
    }

    /** The tenants of a job whose desired state is not RUN, as they were written. */
    public List<String> pausedTenants(long job) {
        return tenants(job, false);
    }

    /** The tenants of a job that have any control record, as they were written. */
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

    /** What holds rows of a scope still. */
    List<ControlStore.Hold> holds(Scope scope) {
        var job = scope instanceof Scope.Job one
                ? Optional.of(one.id())
                : scope instanceof Scope.Tenant one ? Optional.of(one.job()) : Optional.<Long>empty();
        return handle
                .createQuery(HOLDS)
                .bind("job", job.orElse(null))
                .bind("scope", scope.key())
                .map((row, context) -> hold(row))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<ControlStore.Hold> hold(ResultSet row) throws SQLException {
        var name = row.getString("name");
        var by = row.getString("said_by");
        var at = row.getObject("said_at", OffsetDateTime.class);
        var since = at == null ? null : at.toInstant();
        var reason = row.getString("reason");
        return Scope.parse(row.getString("scope")).map(scope -> new ControlStore.Hold(scope, name, by, since, reason));
    }
}
