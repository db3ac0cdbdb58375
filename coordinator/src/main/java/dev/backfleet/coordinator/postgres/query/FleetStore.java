package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.common.postgres.CommitWait;
import dev.backfleet.coordinator.postgres.shard.WorkerStore;
import dev.backfleet.coordinator.query.FleetStatus;
import dev.backfleet.coordinator.query.Notifications;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements that read the state of the fleet and of its workers. */
final class FleetStore {

    private static final String READ_ONLY =
            """
            case when current_setting('%s', true) = 'on'
              then (select reset_val::boolean from pg_settings where name = 'default_transaction_read_only')
              else current_setting('default_transaction_read_only')::boolean end
            """.formatted(PostgresQueries.READS_ONLY).strip();

    private static final String FLEET =
            """
            select now() as look_at, (select coordinator from backfleet.leader where lease_until > now()) as look_leader,
                   pg_is_in_recovery() or {read-only} as look_read_only,
                   c.scope is not null as look_paused, c.said_by as look_by, c.reason as look_reason, c.said_at as look_since,
                   (select count(*) from (select from backfleet.outbox o where o.published_at is null limit 1000) u) as look_unpublished,
                   (select o.at from backfleet.outbox o where o.published_at is null order by o.id limit 1) as look_unpublished_since,
                   array(select array[w.name, {failing-since}, w.failure, (w.disabled_at is not null)::text, (
                           select count(*)::text from backfleet.webhook_delivery d where d.webhook = w.name and d.state = 'PENDING')]
                         from backfleet.webhook w where w.gone_at is null order by w.name) as look_webhooks,
                   r.webhooks_rejected as look_rejected, r.webhooks_rejected_at as look_rejected_since{more}
            from (values (1)) one
            left join backfleet.leader r on r.webhooks_rejected is not null
            left join backfleet.control c on c.scope = 'fleet' and c.state <> 'RUN'
            """.replace("{failing-since}", instant("w.failing_since")).replace("{read-only}", READ_ONLY);

    // A read-only server stores no heartbeats: a worker whose last heartbeat is hardly older than the last one of all
    // was alive when the server became read-only. A standby of a primary that accepts writes has new heartbeats.
    private static final String WORKERS =
            """
            with w as (
              select *, max(seen_at) over () as newest,
                     (pg_is_in_recovery() or {read-only})
                       and max(seen_at) over () < now() - %1$s as read_only
              from backfleet.worker
            ), judged as (
              select *, seen_at > case when read_only then newest else now() end - %1$s as alive from w
            )
            select id, host, pid, slots, taking and not (alive and read_only) as taking,
                   case when alive and read_only then 'DATABASE_READ_ONLY' else not_accepting end as not_accepting,
                   case when alive and read_only then newest else not_accepting_since end as not_accepting_since,
                   started_at, seen_at, alive, case when alive then lock_tries end as lock_tries
            from judged order by alive desc, id
            """.formatted(WorkerStore.ALIVE_FOR).replace("{read-only}", "(" + READ_ONLY + ")");

    private static final String LISTS = """
            ,
                   array(select array[w.id, w.host, w.pid::text, w.slots::text, w.taking::text, w.not_accepting,
                                      {not-accepting-since}, {started-at}, {seen-at}, w.alive::text, {lock-tries}] from (%s) w) as look_workers,
                   array(select array[s.worker, s.job_id::text, s.number::text] from backfleet.shards_worked_on() s) as look_held
            """.formatted(WORKERS)
            .replace("{not-accepting-since}", instant("w.not_accepting_since"))
            .replace("{started-at}", instant("w.started_at"))
            .replace("{seen-at}", instant("w.seen_at"))
            .replace(
                    "{lock-tries}",
                    "(select string_agg(concat_ws(' ', k.key, k.value ->> 0, k.value ->> 1, k.value ->> 2), ',') from jsonb_each(w.lock_tries) k)");

    /** The fleet and its workers in one row, for {@link #fleet(ResultSet, List)} and {@link WorkerRow}. */
    static final String LOOK = FLEET.replace("{more}", LISTS);

    private static String instant(String moment) {
        return "to_char(" + moment + " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
    }

    private final Handle handle;

    FleetStore(Handle handle) {
        this.handle = handle;
    }

    /** @param formerPrimaries what the connections know of such servers */
    FleetStatus fleet(List<String> formerPrimaries) {
        var fleet = handle.createQuery(FLEET.replace("{more}", ""))
                .map((row, context) -> fleet(row, formerPrimaries))
                .one();
        return withCommitWait(fleet);
    }

    /** With the cause why commits wait, if they do; it costs a statement. */
    FleetStatus withCommitWait(FleetStatus fleet) {
        return fleet.withCommitWait(
                CommitWait.find(handle).map(CommitWait::words).orElse(null));
    }

    List<WorkerStatus> workers() {
        return handle.createQuery(LOOK)
                .map((row, context) -> WorkerRow.read(row))
                .one();
    }

    /** Whether commits wait is not known. */
    static FleetStatus fleet(ResultSet row, List<String> formerPrimaries) throws SQLException {
        var since = row.getObject("look_since", OffsetDateTime.class);
        return new FleetStatus(
                row.getObject("look_at", OffsetDateTime.class).toInstant(),
                row.getString("look_leader"),
                row.getBoolean("look_read_only"),
                row.getBoolean("look_paused"),
                row.getString("look_by"),
                row.getString("look_reason"),
                since == null ? null : since.toInstant(),
                formerPrimaries,
                null,
                notifications(row));
    }

    private static Notifications notifications(ResultSet row) throws SQLException {
        var since = row.getObject("look_unpublished_since", OffsetDateTime.class);
        var webhooks = TextRows.of(row, "look_webhooks").stream()
                .map(one -> new Notifications.Webhook(
                        String.valueOf(one[0]),
                        one[1] == null ? null : Instant.parse(one[1]),
                        one[2],
                        Boolean.parseBoolean(one[3]),
                        Long.parseLong(String.valueOf(one[4]))))
                .toList();
        return new Notifications(
                row.getLong("look_unpublished"),
                since == null ? null : since.toInstant(),
                webhooks.stream().mapToLong(Notifications.Webhook::waiting).sum(),
                webhooks,
                rejected(row));
    }

    private static Notifications.@Nullable Rejected rejected(ResultSet row) throws SQLException {
        var since = row.getObject("look_rejected_since", OffsetDateTime.class);
        return since == null
                ? null
                : new Notifications.Rejected(since.toInstant(), String.valueOf(row.getString("look_rejected")));
    }
}
