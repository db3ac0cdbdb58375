package dev.backfleet.coordinator.postgres.derived;

import dev.backfleet.common.job.ErrorBudget;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.Priority;
import dev.backfleet.common.job.TimeWindow;
import dev.backfleet.common.spec.Limits;
import dev.backfleet.coordinator.operation.derived.OriginJob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements that read a job from which another one is derived, with its table as it is now. */
final class OriginStore {

    private static final String ORIGIN = """
            select j.id, j.name, j.state, j.spec, j.definition::text as definition, j.submitted_xid, j.finished_xid, j.row_timeout,
                   j.rate_limit, j.wal_limit, j.concurrency, j.priority, j.budget_rows, j.budget_ratio,
                   j.work_window::text as work_window, case when j.state = 'RUNNING' and j.wave_done_at is not null then j.wave end as done_wave,
                   j.rows_estimated, n.nspname, c.relname
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
            select d from backfleet.copy_differences(:job) d
            union
            select d from unnest(:leaves) l (oid) join pg_catalog.pg_class c on c.oid = l.oid and c.relkind = 'r',
                 backfleet.key_differences(c.oid, :key) d
            order by d
            """;

    private final Handle handle;

    OriginStore(Handle handle) {
        this.handle = handle;
    }

    /** A job that changes rows, with its table as it is now; nothing if there is no such job. */
    Optional<OriginJob> origin(long job) {
        return handle.createQuery(ORIGIN)
                .bind("job", job)
                .map((row, context) -> origin(row))
                .findOne();
    }

    private OriginJob origin(ResultSet row) throws SQLException {
        var stored = JobDefinition.JSON.read(row.getString("definition"));
        var name = row.getString("relname");
        var definition = name == null
                ? stored
                : stored.named(new JobDefinition.Table(stored.table().oid(), row.getString("nspname"), name));
        var window = row.getString("work_window");
        var wave = row.getObject("done_wave", Integer.class);
        var leaves = leaves(definition.table());
        return new OriginJob(
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
                row.getLong("rows_estimated"),
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
                new ErrorBudget(row.getLong("budget_rows"), row.getDouble("budget_ratio")),
                OptionalInt.empty());
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
}
