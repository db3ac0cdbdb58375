package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.common.metric.BoundedLabel;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.metric.LeaderMetrics;
import dev.backfleet.coordinator.metric.LeaderMetrics.Pass;
import dev.backfleet.coordinator.query.ListJobs;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Reads what the leader publishes: what a status reads, and what only metrics tell. */
public final class PostgresFigures implements LeaderMetrics.Store {

    // Of the shards that wait, no more are counted than slots could take.
    private static final String RUNNABLE = """
            select coalesce(sum(least(n.slots, f.flying + w.waiting)), 0)::integer
            from backfleet.job j
            cross join lateral (select backfleet.slots_now(j) as slots) n
            cross join lateral (
              select count(*) as flying from backfleet.shard s where s.job_id = j.id and s.state in ('DISPATCHED', 'RUNNING')
            ) f
            cross join lateral (
              select count(*) as waiting from (
                select from backfleet.shard s
                where s.job_id = j.id and s.state = 'PENDING' and not s.held and (j.rollout is null or s.wave <= j.wave)
                limit n.slots
              ) p
            ) w
            where j.state = 'RUNNING' and backfleet.is_open(j.opens_at, j.closes_at)
              and not exists (select from backfleet.control c where c.scope = 'fleet' and c.state <> 'RUN')
            """;

    private static final String PASSES = """
            select distinct on (p.reconciles) c.name, v.missing, v.different, v.failed,
                   extract(epoch from now() - coalesce(p.finished_at, now())) as age
            from backfleet.reconcile_verdict v
            join backfleet.job p on p.id = v.job_id
            join backfleet.job c on c.id = p.reconciles
            order by p.reconciles desc, p.id desc
            limit :most
            """;

    private final Database database;
    private final ListJobs jobs;

    public PostgresFigures(Database database) {
        this.database = database;
        this.jobs = new ListJobs(new PostgresQueries(database));
    }

    @Override
    public LeaderMetrics.Fleet read() {
        var listed = jobs.run(false);
        return database.jdbi().inTransaction(handle -> {
            ShardSums.forceIndexes(handle);
            return new LeaderMetrics.Fleet(listed, runnable(handle), passes(handle));
        });
    }

    private static int runnable(Handle handle) {
        return handle.createQuery(RUNNABLE).mapTo(Integer.class).one();
    }

    private static List<Pass> passes(Handle handle) {
        return handle.createQuery(PASSES)
                .bind("most", BoundedLabel.JOBS)
                .map((row, context) -> new Pass(
                        row.getString("name"),
                        row.getLong("missing"),
                        row.getLong("different"),
                        row.getLong("failed"),
                        row.getDouble("age")))
                .list();
    }
}
