package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.postgres.CommitWait;
import dev.backfleet.coordinator.postgres.shard.WorkerStore;
import dev.backfleet.coordinator.query.FleetStatus;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements that read the state of the fleet and of its workers. */
final class FleetStore {

    private static final String FLEET = """
            select now() as at, (select coordinator from backfleet.leader where lease_until > now()) as leader,
                   pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean as read_only,
                   c.scope is not null as paused, c.said_by, c.reason, c.said_at
            from (values (1)) one
            left join backfleet.control c on c.scope = 'fleet' and c.state <> 'RUN'
            """;

    // A read-only server stores no heartbeats: a worker whose last heartbeat is hardly older than the last one of all
    // was alive when the server became read-only. A standby of a primary that accepts writes has new heartbeats.
    private static final String WORKERS = """
            with w as (
              select *, max(seen_at) over () as newest,
                     (pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean)
                       and max(seen_at) over () < now() - %1$s as read_only
              from backfleet.worker
            ), judged as (
              select *, seen_at > case when read_only then newest else now() end - %1$s as alive from w
            )
            select id, host, pid, slots, taking and not (alive and read_only) as taking,
                   case when alive and read_only then 'DATABASE_READ_ONLY' else not_accepting end as not_accepting,
                   case when alive and read_only then newest else not_accepting_since end as not_accepting_since,
                   started_at, seen_at, alive
            from judged order by alive desc, id
            """.formatted(WorkerStore.ALIVE_FOR);

    private static final String HELD = """
            select worker, job_id, number from backfleet.shard where state = 'RUNNING' order by job_id, number
            """;

    private final Handle handle;

    FleetStore(Handle handle) {
        this.handle = handle;
    }

    /** @param formerPrimaries what the connections know of such servers */
    FleetStatus fleet(List<String> formerPrimaries) {
        var commitWait = CommitWait.find(handle).map(CommitWait::words).orElse(null);
        return handle.createQuery(FLEET)
                .map((row, context) -> fleet(row, formerPrimaries, commitWait))
                .one();
    }

    List<WorkerStatus> workers() {
        var held = handle.createQuery(HELD)
                .map((row, context) -> Map.entry(
                        row.getString("worker"), new WorkerStatus.Held(row.getLong("job_id"), row.getInt("number"))))
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
        return handle.createQuery(WORKERS)
                .map((row, context) -> worker(row, held.getOrDefault(row.getString("id"), List.of())))
                .list();
    }

    private static FleetStatus fleet(ResultSet row, List<String> formerPrimaries, @Nullable String commitWait)
            throws SQLException {
        var since = row.getObject("said_at", OffsetDateTime.class);
        return new FleetStatus(
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("leader"),
                row.getBoolean("read_only"),
                row.getBoolean("paused"),
                row.getString("said_by"),
                row.getString("reason"),
                since == null ? null : since.toInstant(),
                formerPrimaries,
                commitWait);
    }

    private static WorkerStatus.@Nullable NotTaking notAccepting(ResultSet row) throws SQLException {
        var reason = row.getString("not_accepting");
        return reason == null
                ? null
                : new WorkerStatus.NotTaking(
                        NotAccepting.valueOf(reason),
                        row.getObject("not_accepting_since", OffsetDateTime.class)
                                .toInstant());
    }

    private static WorkerStatus worker(ResultSet row, List<WorkerStatus.Held> shards) throws SQLException {
        return new WorkerStatus(
                row.getString("id"),
                row.getString("host"),
                row.getLong("pid"),
                row.getInt("slots"),
                shards.size(),
                row.getBoolean("taking"),
                notAccepting(row),
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                row.getObject("seen_at", OffsetDateTime.class).toInstant(),
                row.getBoolean("alive"),
                shards);
    }
}
