package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The statements about partitions that were attached after a job was submitted, and about those that were detached or dropped. */
public final class PartitionStore {

    private static final String ARRIVALS = """
            select relation::bigint as oid, schema_name, table_name, kind = 'r' as ordinary, replaces
            from backfleet.new_partitions(:job) order by schema_name, table_name
            """;

    private static final String ADD = """
            insert into backfleet.job_relation (job_id, relation, schema_name, table_name)
            select id, :relation::oid, :schema, :table from backfleet.job where id = :job and finished_at is null
            on conflict do nothing
            """;

    private static final String SIZE = "select pg_relation_size(:relation::oid)";

    private static final String LAST_NUMBER =
            "select coalesce(max(number), 0) from backfleet.shard where job_id = :job";

    private static final String PUT_INTO_LAST_WAVE = """
            update backfleet.shard s set wave = jsonb_array_length(j.rollout -> 'waves')
            from backfleet.job j
            where s.job_id = :job and s.number > :after and j.id = s.job_id and j.rollout is not null
            """;

    private static final String GROWN = """
            update backfleet.job
            set rows_estimated = coalesce(rows_estimated, 0) + :rows, map_next = coalesce(map_next, :after + 1),
                wave_done_at = case when wave < jsonb_array_length(rollout -> 'waves') then wave_done_at end
            where id = :job and finished_at is null
            """;

    // Another table may have the name of a dropped one: then it is not known which of its rows were changed.
    private static final String DROPPED = """
            select r.relation::bigint as oid, r.schema_name, r.table_name
            from backfleet.job j
            join backfleet.job_relation r on r.job_id = j.id and r.gone_at is null
            join pg_catalog.pg_class root on root.oid = (j.definition #>> '{table,oid}')::oid and root.relkind = 'p'
            where j.id = :job and j.state = any(:states)
              and not exists (select from pg_catalog.pg_class c where c.oid = r.relation)
              and to_regclass(format('%I.%I', r.schema_name, r.table_name)) is null
            """;

    private static final String GONE = """
            select r.relation::bigint as oid, r.schema_name, r.table_name
            from backfleet.job j
            join backfleet.job_relation r on r.job_id = j.id and r.gone_at is null
            join pg_catalog.pg_class root on root.oid = (j.definition #>> '{table,oid}')::oid and root.relkind = 'p'
            where j.id = :job and j.state = 'HALTED'
              and r.relation not in (select p.relation from backfleet.partitions_of(root.oid) p)
            """;

    // With an epoch even if it was never claimed: only such shards are tallied.
    private static final String CLOSE = """
            update backfleet.shard
            set state = 'DONE', worker = null, lease_until = null, error = null, error_code = null, epoch = greatest(epoch, 1)
            where job_id = :job and relation = :relation::oid and state <> 'DONE'
            """;

    private static final String LEAVE = """
            update backfleet.job_relation set gone_at = now() where job_id = :job and relation = :relation::oid
            """;

    private final Handle handle;
    private final long job;

    public PartitionStore(Handle handle, long job) {
        this.handle = handle;
        this.job = job;
    }

    /** The leaves that are not part of the job yet. */
    public List<Arrival> arrivals() {
        return handle.createQuery(ARRIVALS)
                .bind("job", job)
                .map((row, context) -> new Arrival(
                        new JobDefinition.Table(
                                row.getLong("oid"), row.getString("schema_name"), row.getString("table_name")),
                        row.getBoolean("ordinary"),
                        row.getBoolean("replaces")))
                .list();
    }

    /** Makes a leaf part of the job; false if it is already, or the job has ended. */
    public boolean add(Arrival leaf) {
        var added = handle.createUpdate(ADD)
                        .bind("job", job)
                        .bind("relation", leaf.table().oid())
                        .bind("schema", leaf.table().schema())
                        .bind("table", leaf.table().name())
                        .execute()
                == 1;
        if (added && !leaf.ordinary()) {
            note(leaf.table(), "is a foreign table: its rows are not changed");
        }
        return added;
    }

    /** Whether the file of a table is empty. */
    public boolean isEmpty(JobDefinition.Table leaf) {
        return handle.createQuery(SIZE)
                        .bind("relation", leaf.oid())
                        .mapTo(Long.class)
                        .one()
                == 0;
    }

    /** The highest number of the job's shards. */
    public int lastNumber() {
        return handle.createQuery(LAST_NUMBER)
                .bind("job", job)
                .mapTo(Integer.class)
                .one();
    }

    /** Counts the new shards of the job, those after a number; false if the job has ended. */
    public boolean grown(int after, long rows) {
        handle.createUpdate(PUT_INTO_LAST_WAVE)
                .bind("job", job)
                .bind("after", after)
                .execute();
        return handle.createUpdate(GROWN)
                        .bind("job", job)
                        .bind("after", after)
                        .bind("rows", rows)
                        .execute()
                == 1;
    }

    /** Leaves dropped leaves out of a HALTED job, or of one that is not planned yet. */
    public void closeDropped() {
        var dropped = handle.createQuery(DROPPED)
                .bind("job", job)
                .bindArray("states", String.class, JobState.HALTED.name(), JobState.PLANNING.name())
                .map((row, context) -> table(row))
                .list();
        dropped.forEach(leaf -> close(leaf, "was dropped"));
    }

    /** Leaves leaves out of a HALTED job that are no longer part of its table. */
    public void closeGone() {
        var gone = handle.createQuery(GONE)
                .bind("job", job)
                .map((row, context) -> table(row))
                .list();
        gone.forEach(leaf -> close(leaf, "is no longer part of the table"));
    }

    /** Stores a note about a leaf in the status of the job. */
    public void note(JobDefinition.Table leaf, String what) {
        new NoteStore(handle).tell(job, "partition " + leaf.oid(), "the partition " + leaf.shown() + " " + what);
    }

    private void close(JobDefinition.Table leaf, String what) {
        var open = handle.createUpdate(CLOSE)
                .bind("job", job)
                .bind("relation", leaf.oid())
                .execute();
        handle.createUpdate(LEAVE).bind("job", job).bind("relation", leaf.oid()).execute();
        if (open > 0) {
            note(leaf, what + ": the rows of " + open + " shards that were not done were not changed");
        }
    }

    private static JobDefinition.Table table(ResultSet row) throws SQLException {
        return new JobDefinition.Table(row.getLong("oid"), row.getString("schema_name"), row.getString("table_name"));
    }

    /**
     * A leaf that is not part of the job yet.
     *
     * @param ordinary whether it is a table of this database
     * @param replaces whether it has the name of a leaf of the job
     */
    public record Arrival(JobDefinition.Table table, boolean ordinary, boolean replaces) {}
}
