package dev.backfleet.coordinator.postgres.cost;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.cost.PassesCheck;
import dev.backfleet.coordinator.postgres.job.NoteStore;
import java.util.List;

/** The updates of the tables of jobs, as the server counts them. */
public final class PostgresPasses implements PassesCheck.Updates {
    private static final String IN_PASSES = """
            select j.id, (j.definition ->> 'shardRows')::bigint as shard_rows, j.tallied_changed + b.changed as changed,
                   (select count(*)::integer from backfleet.shard s where s.job_id = j.id and s.state = 'RUNNING') as running,
                   u.updated, u.hot
            from backfleet.job j
            cross join lateral (
              select coalesce(sum(rows_changed), 0)::bigint as changed
              from backfleet.shard where job_id = j.id and epoch > 0 and not tallied) b
            cross join lateral (
              select coalesce(sum(pg_catalog.pg_stat_get_tuples_updated(r.relation::oid)), 0)::bigint as updated,
                     coalesce(sum(pg_catalog.pg_stat_get_tuples_hot_updated(r.relation::oid)), 0)::bigint as hot
              from backfleet.job_relation r where r.job_id = j.id) u
            where j.state = 'RUNNING' and j.definition -> 'walk' is not null and not j.merge_passes
            """;

    private static final String MERGE =
            "update backfleet.job set merge_passes = true where id = :job and state = 'RUNNING' and not merge_passes";

    private final Database database;

    public PostgresPasses(Database database) {
        this.database = database;
    }

    @Override
    public List<PassesCheck.Reading> inPasses() {
        return database.jdbi().inTransaction(handle -> {
            // All shards of a job are too many to look at each time.
            handle.execute("set local enable_seqscan = off");
            handle.execute("set local enable_bitmapscan = off");
            return handle.createQuery(IN_PASSES)
                    .map((row, context) -> new PassesCheck.Reading(
                            row.getLong("id"),
                            row.getLong("shard_rows"),
                            row.getInt("running"),
                            row.getLong("changed"),
                            row.getLong("updated"),
                            row.getLong("hot")))
                    .list();
        });
    }

    @Override
    public void merge(long job, double share) {
        database.jdbi().useTransaction(handle -> {
            if (handle.createUpdate(MERGE).bind("job", job).execute() == 1) {
                new NoteStore(handle)
                        .tell(
                                job,
                                "passes",
                                "its passes win nothing: " + Math.round(share * 100)
                                        + " % of the updates stayed on their pages, so what is left of each shard is changed in one"
                                        + " pass; a transaction that stays open, or a replication slot, may keep what updates leave");
            }
        });
    }
}
