package dev.backfleet.coordinator.postgres.shard;

import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.duty.Reaper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The statements that find expired leases and unclaimed tasks. */
public final class PostgresLeases implements Reaper.Leases {
    private final Database database;

    public PostgresLeases(Database database) {
        this.database = database;
    }

    private static final String REAP_EXPIRED = """
            with expired as (
              select job_id, number, worker from backfleet.shard
              where state = 'RUNNING' and lease_until < clock_timestamp()
              for update skip locked
            ), noted as (
              insert into backfleet.job_event (job_id, event, before, why)
              select e.job_id, case when w.seen_at > now() - %1$s then 'lease-expired' else 'worker-lost' end, e.worker, format('%%s expired%%s; other workers continue from the checkpoint',
                case count(*) when 1 then 'its lease on shard ' || min(e.number)
                  when 2 then format('its leases on shards %%s and %%s', min(e.number), max(e.number))
                  else format('its leases on %%s shards, the first is %%s,', count(*), min(e.number)) end,
                ', its last heartbeat was at ' || to_char(w.seen_at at time zone 'UTC', 'HH24:MI:SS') || ' UTC')
              from expired e left join backfleet.worker w on w.id = e.worker
              group by e.job_id, e.worker, w.seen_at
            )
            update backfleet.shard s
            set state = 'PENDING', worker = null, lease_until = null
            from expired e
            where s.job_id = e.job_id and s.number = e.number
            returning s.job_id, s.number
            """.formatted(WorkerStore.ALIVE_FOR);

    @Override
    public List<ShardId> reapExpired() {
        return database.jdbi().withHandle(handle -> {
            new WorkerStore(handle).forgetDead();
            return handle.createQuery(REAP_EXPIRED)
                    .map((row, context) -> shard(row))
                    .list();
        });
    }

    private static final String REAP_UNCLAIMED = """
            with lost as (
              select job_id, number from backfleet.shard
              where state = 'DISPATCHED' and dispatched_at < clock_timestamp() - make_interval(secs => :age)
              for update skip locked
            )
            update backfleet.shard s
            set state = 'PENDING'
            from lost l
            where s.job_id = l.job_id and s.number = l.number
            returning s.job_id, s.number
            """;

    @Override
    public List<ShardId> reapUnclaimed(Duration age) {
        return database.jdbi().withHandle(handle -> handle.createQuery(REAP_UNCLAIMED)
                .bind("age", age.toMillis() / 1000.0)
                .map((row, context) -> shard(row))
                .list());
    }

    private static ShardId shard(ResultSet row) throws SQLException {
        return new ShardId(row.getLong("job_id"), row.getInt("number"));
    }

    @Override
    public boolean slotsAreFree() {
        return database.jdbi().withHandle(handle -> new WorkerStore(handle).slotsAreFree());
    }
}
