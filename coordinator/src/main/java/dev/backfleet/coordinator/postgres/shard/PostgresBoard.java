package dev.backfleet.coordinator.postgres.shard;

import dev.backfleet.common.job.Priority;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.task.Task;
import dev.backfleet.coordinator.dispatch.DispatchPolicy.FleetLoad;
import dev.backfleet.coordinator.dispatch.DispatchPolicy.JobLoad;
import dev.backfleet.coordinator.dispatch.Dispatcher;
import java.util.List;

/** What the control schema knows of shards that can be worked on. */
public final class PostgresBoard implements Dispatcher.Board {

    // The order makes sure of the index: while many shards wait, the planner would rather look for them in the table.
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

    private final Database database;

    /** Creates it. */
    public PostgresBoard(Database database) {
        this.database = database;
    }

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

    @Override
    public List<Task> dispatch(long job, int count, long leader) {
        return database.jdbi().withHandle(handle -> new ShardStore(handle).dispatch(job, count, leader));
    }

    @Override
    public void undo(List<Task> tasks) {
        database.jdbi().useHandle(handle -> new ShardStore(handle).undoDispatch(tasks));
    }
}
