package dev.backfleet.coordinator.postgres.reconcile;

import dev.backfleet.common.job.ErrorBudget;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.Priority;
import dev.backfleet.common.job.TimeWindow;
import dev.backfleet.common.postgres.batch.RowJudgement;
import dev.backfleet.common.spec.Limits;
import dev.backfleet.coordinator.operation.reconcile.CheckedJob;
import dev.backfleet.coordinator.operation.reconcile.RepairRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements about jobs that are checked, and about those that check them. */
public final class ReconcileStore {

    private static final String CHECKED = """
            select j.id, j.name, j.state, j.spec, j.definition::text as definition, j.submitted_xid, j.finished_xid, j.row_timeout,
                   j.rate_limit, j.wal_limit, j.concurrency, j.priority, j.budget_rows, j.budget_ratio,
                   j.work_window::text as work_window, case when j.state = 'RUNNING' and j.wave_done_at is not null then j.wave end as done_wave,
                   n.nspname, c.relname
            from backfleet.job j
            left join pg_catalog.pg_class c on c.oid = (j.definition #>> '{table,oid}')::oid
            left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where j.id = :job and j.reconciles is null
            """;

    private static final String LEAVES = """
            select c.oid::bigint as oid, n.nspname as schema_name, c.relname as table_name
            from (
              select t.relation from backfleet.partitions_of(:root::oid) t where t.is_leaf
              union all
              select :root::oid
            ) l
            join pg_catalog.pg_class c on c.oid = l.relation join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'f') order by n.nspname, c.relname
            """;

    // The columns and the key, not the partitions: those may come and go after a job's end.
    private static final String DIFFERENCES = """
            select 'the table ' || (j.definition #>> '{table,schema}') || '.' || (j.definition #>> '{table,name}') || ' was dropped' as d
            from backfleet.job j
            where j.id = :job and not exists (select from pg_catalog.pg_class c where c.oid = (j.definition #>> '{table,oid}')::oid)
            union
            select d from backfleet.job j, backfleet.column_differences((j.definition #>> '{table,oid}')::oid, j.pinned) d
            where j.id = :job and exists (select from pg_catalog.pg_class c where c.oid = (j.definition #>> '{table,oid}')::oid)
            union
            select d from unnest(:leaves) l (oid) join pg_catalog.pg_class c on c.oid = l.oid and c.relkind = 'r',
                 backfleet.key_differences(c.oid, :key) d
            order by d
            """;

    private static final String CHECKS =
            "update backfleet.job set reconciles = :checked, checked_wave = :wave where id = :job";

    private static final String COUNTED = """
            select p.definition::text as definition, v.missing + v.different + v.failed as wrong
            from backfleet.job p join backfleet.reconcile_verdict v on v.job_id = p.id
            where p.reconciles = :job and p.state = 'SUCCEEDED' order by p.id desc limit 1
            """;

    // The sums over the shards, in the transaction that ends the job: what is found later does not change them.
    private static final String CLOSE = """
            insert into backfleet.reconcile_verdict (job_id, scanned, judged, missing, different, failed, quarantined, since, before,
                                                     unknown, tenants)
            select j.id, s.scanned, s.judged, f.missing, f.different, f.failed, f.quarantined, f.since, f.before, f.unknown, f.tenants
            from backfleet.job j
            cross join lateral (
              select coalesce(sum(rows_walked), 0)::bigint as scanned, coalesce(sum(rows_changed), 0)::bigint as judged
              from backfleet.shard where job_id = j.id) s
            cross join lateral (
              select coalesce(sum(rows) filter (where finding = 'MISSING'), 0)::bigint as missing,
                     coalesce(sum(rows) filter (where finding = 'DIFFERENT'), 0)::bigint as different,
                     coalesce(sum(rows) filter (where finding = 'FAILED'), 0)::bigint as failed,
                     coalesce(sum(rows) filter (where finding = 'QUARANTINED'), 0)::bigint as quarantined,
                     coalesce(sum(rows) filter (where finding <> 'QUARANTINED' and written = 'SINCE'), 0)::bigint as since,
                     coalesce(sum(rows) filter (where finding <> 'QUARANTINED' and written = 'BEFORE'), 0)::bigint as before,
                     coalesce(sum(rows) filter (where finding <> 'QUARANTINED' and written = 'UNKNOWN'), 0)::bigint as unknown,
                     count(distinct tenant) as tenants
              from backfleet.reconcile_tenant where job_id = j.id) f
            where j.id = :job and j.reconciles is not null
            on conflict (job_id) do nothing
            """;

    private final Handle handle;

    public ReconcileStore(Handle handle) {
        this.handle = handle;
    }

    /** A job that changes rows, with its table as it is now; nothing if there is no such job. */
    Optional<CheckedJob> checked(long job) {
        return handle.createQuery(CHECKED)
                .bind("job", job)
                .map((row, context) -> checked(row))
                .findOne();
    }

    private CheckedJob checked(ResultSet row) throws SQLException {
        var stored = JobDefinition.JSON.read(row.getString("definition"));
        var name = row.getString("relname");
        var definition = name == null
                ? stored
                : new JobDefinition(
                        new JobDefinition.Table(stored.table().oid(), row.getString("nspname"), name),
                        stored.key(),
                        stored.tenantLed(),
                        stored.work(),
                        stored.shardRows(),
                        stored.batchDuration(),
                        stored.batchMaxRows());
        var window = row.getString("work_window");
        var wave = row.getObject("done_wave", Integer.class);
        var leaves = leaves(definition.table());
        return new CheckedJob(
                row.getLong("id"),
                row.getString("name"),
                JobState.valueOf(row.getString("state")),
                definition,
                row.getString("spec"),
                row.getObject("submitted_xid", Long.class),
                row.getObject("finished_xid", Long.class),
                limits(row, definition),
                window == null ? Optional.empty() : Optional.of(TimeWindow.JSON.read(window)),
                wave == null ? OptionalInt.empty() : OptionalInt.of(wave),
                leaves,
                differences(row.getLong("id"), definition, leaves));
    }

    private static Limits limits(ResultSet row, JobDefinition definition) throws SQLException {
        return new Limits(
                definition.shardRows(),
                definition.batchDuration(),
                definition.batchMaxRows(),
                Duration.ofMillis(Math.round(row.getDouble("row_timeout") * 1000)),
                limit(row.getObject("rate_limit", Long.class)),
                limit(row.getObject("wal_limit", Long.class)),
                row.getInt("concurrency"),
                Priority.valueOf(row.getString("priority")),
                new ErrorBudget(row.getLong("budget_rows"), row.getDouble("budget_ratio")));
    }

    private static OptionalLong limit(@Nullable Long stored) {
        return stored == null ? OptionalLong.empty() : OptionalLong.of(stored);
    }

    private List<JobDefinition.Table> leaves(JobDefinition.Table table) {
        return handle.createQuery(LEAVES)
                .bind("root", table.oid())
                .map((row, context) -> new JobDefinition.Table(
                        row.getLong("oid"), row.getString("schema_name"), row.getString("table_name")))
                .list();
    }

    private List<String> differences(long job, JobDefinition definition, List<JobDefinition.Table> leaves) {
        return handle.createQuery(DIFFERENCES)
                .bind("job", job)
                .bindArray(
                        "leaves",
                        Long.class,
                        leaves.stream().map(JobDefinition.Table::oid).toArray())
                .bindArray(
                        "key",
                        String.class,
                        definition.key().stream().map(KeyColumn::name).toArray())
                .mapTo(String.class)
                .list();
    }

    /** Stores that a job checks another one, with the throttle of that. */
    void checks(long job, CheckedJob checked) {
        var wave = checked.doneWave();
        handle.createUpdate(CHECKS)
                .bind("job", job)
                .bind("checked", checked.id())
                .bind("wave", wave.isPresent() ? wave.getAsInt() : null)
                .execute();
        new DerivedJobStore(handle).copyThrottle(job, checked.id());
    }

    /** The last reconcile of a job that has finished, with what it has found. */
    Optional<RepairRows.Counted> counted(long job) {
        return handle.createQuery(COUNTED)
                .bind("job", job)
                .map((row, context) -> {
                    var definition = JobDefinition.JSON.read(row.getString("definition"));
                    return new RepairRows.Counted(definition, RowJudgement.wrong(definition), row.getLong("wrong"));
                })
                .findOne();
    }

    /** Stores the sums of what a job has found, if it is one that compares rows. */
    public void close(long job) {
        handle.createUpdate(CLOSE).bind("job", job).execute();
    }
}
