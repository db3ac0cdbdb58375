package dev.backfleet.coordinator.postgres.shard;

import dev.backfleet.common.job.Priority;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.task.Task;
import dev.backfleet.coordinator.dispatch.Dispatcher;
import dev.backfleet.coordinator.dispatch.FleetLoad;
import dev.backfleet.coordinator.dispatch.FleetLoad.JobLoad;
import java.util.Comparator;
import java.util.List;

/** The statements that choose shards and mark them as dispatched. */
public final class PostgresDispatchQueue implements Dispatcher.DispatchQueue {

    private final Database database;

    public PostgresDispatchQueue(Database database) {
        this.database = database;
    }

    // ORDER BY makes the planner use the index: with many PENDING shards it would prefer a scan of the table.
    private static final String LOAD = """
            select j.id, backfleet.slots_now(j) as concurrency, j.priority,
                   (select count(*) from backfleet.shard s where s.job_id = j.id and s.state = 'DISPATCHED') as dispatched,
                   (select count(*) from backfleet.shard s where s.job_id = j.id and s.state = 'RUNNING') as running,
                   (select count(*) from (
                     select from backfleet.shard s
                     where s.job_id = j.id and s.state = 'PENDING' and not s.held and s.wave <= j.wave
                       and (s.not_before is null or s.not_before <= now())
                     order by s.wave, s.turn limit 1000) p) as pending
            from backfleet.job j
            where j.state = 'RUNNING' and backfleet.is_open(j.opens_at, j.closes_at)
              and not exists (select from backfleet.control c where c.scope = 'fleet' and c.state <> 'RUN')
            order by j.submitted_at, j.id
            """;

    @Override
    public FleetLoad load() {
        return database.jdbi().withHandle(handle -> {
            var jobs = handle.createQuery(LOAD)
                    .map((row, context) -> new JobLoad(
                            row.getLong("id"),
                            row.getInt("concurrency"),
                            row.getInt("dispatched"),
                            row.getInt("running"),
                            row.getInt("pending"),
                            Priority.valueOf(row.getString("priority")).weight(),
                            0))
                    .list();
            return new FleetLoad(new WorkerStore(handle).slots(), jobs);
        });
    }

    // Only a leader whose lease still runs may dispatch, and only shards of a job that is RUNNING.
    private static final String DISPATCH_IF_LEADING = """
            with chosen as (
              select s.job_id, s.number from backfleet.shard s
              where s.job_id = :job and s.state = 'PENDING' and (s.not_before is null or s.not_before <= now())
                and not s.held
                and s.wave <= (select j.wave from backfleet.job j where j.id = :job and j.state = 'RUNNING')
                and exists (select from backfleet.leader l where l.epoch = :leader and l.lease_until > now())
              order by s.wave, s.turn
              limit :count
              for update of s skip locked
            )
            update backfleet.shard s
            set state = 'DISPATCHED', dispatch = s.dispatch + 1, dispatched_at = now()
            from chosen c
            where s.job_id = c.job_id and s.number = c.number
            returning s.job_id, s.number, s.dispatch
            """;

    @Override
    public List<Task> dispatchIfLeading(long job, int count, long leader) {
        return database.jdbi().withHandle(handle -> handle.createQuery(DISPATCH_IF_LEADING)
                .bind("job", job)
                .bind("count", count)
                .bind("leader", leader)
                .map((row, context) ->
                        new Task(new ShardId(row.getLong("job_id"), row.getInt("number")), row.getLong("dispatch")))
                .list());
    }

    private static final String UNDO_IF_DISPATCHED = """
            update backfleet.shard set state = 'PENDING'
            where job_id = :job and number = :number and dispatch = :dispatch and state = 'DISPATCHED'
            """;

    // The batch is one transaction: it locks shards in the order in which a pause locks them.
    private static final Comparator<Task> LOCK_ORDER = Comparator.<Task>comparingLong(
                    task -> task.shard().job())
            .thenComparingInt(task -> task.shard().number());

    @Override
    public void undoIfDispatched(List<Task> tasks) {
        database.jdbi().useHandle(handle -> {
            var batch = handle.prepareBatch(UNDO_IF_DISPATCHED);
            for (var task : tasks.stream().sorted(LOCK_ORDER).toList()) {
                batch.bind("job", task.shard().job())
                        .bind("number", task.shard().number())
                        .bind("dispatch", task.dispatch())
                        .add();
            }
            batch.execute();
        });
    }
}
