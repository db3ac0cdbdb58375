package dev.backfleet.coordinator.postgres.shard;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.duty.ProgressMeter;
import java.util.Map;
import java.util.stream.Collectors;

/** The statements that sum the counts of checkpoints by job. */
public final class PostgresCounts implements ProgressMeter.Counts {

    // 5000 at a time: in a job that was started under an older version, none is tallied yet.
    private static final String TALLY = """
            with ended as (
              select s.job_id, s.number from backfleet.job j join backfleet.shard s on s.job_id = j.id
              where s.epoch > 0 and not s.tallied and s.state = 'DONE'
              limit 5000
              for update of s skip locked
            ), tallied as (
              update backfleet.shard s set tallied = true from ended e
              where s.job_id = e.job_id and s.number = e.number
              returning s.job_id, s.number, s.parent, s.rows_changed, s.rows_walked, s.last_batch_at
            ), counted as (
              update backfleet.job j
              set tallied_changed = tallied_changed + t.changed, tallied_walked = tallied_walked + t.walked,
                  tallied_shards = tallied_shards + t.shards, tallied_batch_at = greatest(tallied_batch_at, t.batch_at)
              from (select job_id, sum(rows_changed)::bigint as changed, sum(rows_walked)::bigint as walked,
                           count(*)::integer as shards, max(last_batch_at) as batch_at
                    from tallied group by job_id) t
              where j.id = t.job_id
              returning j.id, j.map_width, j.map_next
            )
            -- After the job, whose row others lock before its buckets. What is not in them yet is counted by ShardMapStore.
            update backfleet.shard_bucket b set total = b.total + n.pieces, done = b.done + n.done
            from (select t.job_id, (coalesce(t.parent, t.number) - 1) / c.map_width + 1 as bucket,
                         count(*)::integer as done, count(t.parent)::integer as pieces
                  from tallied t join counted c on c.id = t.job_id
                  where c.map_next is null or t.number < c.map_next
                  group by 1, 2) n
            where b.job_id = n.job_id and b.bucket = n.bucket
            """;

    // A coordinator of the release before tallies rows, but not shards.
    private static final String RECOUNT = """
            update backfleet.job j set tallied_shards = t.shards, tallied_batch_at = t.batch_at
            from (select job_id, count(*)::integer as shards, max(last_batch_at) as batch_at
                  from backfleet.shard where tallied group by job_id) t
            where j.id = t.job_id and j.tallied_shards <> t.shards and j.pruned_at is null
            """;

    private static final String CHANGED = """
            select j.id, j.tallied_changed + s.changed as changed, j.tallied_walked + s.walked as walked
            from backfleet.job j cross join lateral (
              select coalesce(sum(rows_changed), 0)::bigint as changed, coalesce(sum(rows_walked), 0)::bigint as walked
              from backfleet.shard where job_id = j.id and epoch > 0 and not tallied) s
            where j.state = 'RUNNING'
            """;

    private static final String STORE = """
            update backfleet.job set rows_per_second = :changed, walked_per_second = :walked, measured_at = now()
            where id = :job and state = 'RUNNING'
            """;

    private final Database database;
    private boolean recounted;

    public PostgresCounts(Database database) {
        this.database = database;
    }

    @Override
    public Map<Long, ProgressMeter.Count> counts() {
        var counts = database.jdbi().inTransaction(handle -> {
            var map = new ShardMapStore(handle);
            map.lock();
            // The planner's statistics of so many shards are soon out of date; and only a plain index scan removes dead
            // index entries.
            handle.execute("set local enable_seqscan = off");
            handle.execute("set local enable_bitmapscan = off");
            handle.execute("set local jit = off");
            if (!recounted) {
                handle.execute("set local enable_seqscan = on");
                handle.execute(RECOUNT);
                handle.execute("set local enable_seqscan = off");
                map.check();
            }
            map.fillSome();
            handle.execute(TALLY);
            return handle.createQuery(CHANGED)
                    .map((row, context) -> Map.entry(
                            row.getLong("id"), new ProgressMeter.Count(row.getLong("changed"), row.getLong("walked"))))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        });
        recounted = true; // only now is it committed
        return counts;
    }

    @Override
    public void store(long job, ProgressMeter.Speed speed) {
        database.jdbi().useHandle(handle -> handle.createUpdate(STORE)
                .bind("changed", speed.changed())
                .bind("walked", speed.walked())
                .bind("job", job)
                .execute());
    }
}
