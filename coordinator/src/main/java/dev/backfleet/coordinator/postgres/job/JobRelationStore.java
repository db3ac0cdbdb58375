package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.JobDefinition;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The statements about {@code backfleet.job_relation}: the tables that the rows of a job are in. */
public final class JobRelationStore {

    private static final String INSERT = """
            insert into backfleet.job_relation (job_id, relation, schema_name, table_name, table_bytes, index_bytes)
            values (:job, :relation::oid, :schema, :table,
                    pg_catalog.pg_table_size(:relation::oid::regclass), pg_catalog.pg_indexes_size(:relation::oid::regclass))
            """;

    private static final String PINNED = """
            select relation::bigint as oid, schema_name, table_name from backfleet.job_relation
            where job_id = :job and gone_at is null
              and not exists (select from pg_catalog.pg_class c where c.oid = relation and c.relkind = 'f')
            order by schema_name, table_name
            """;

    // A partition that is finished may be dropped, renamed, or moved to another schema.
    private static final String PRESENT = """
            select c.oid::bigint as oid, n.nspname as schema_name, c.relname as table_name
            from backfleet.job_relation r
            join pg_catalog.pg_class c on c.oid = r.relation join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where r.job_id = :job and r.gone_at is null and c.relkind = 'r' order by n.nspname, c.relname
            """;

    private final Handle handle;

    public JobRelationStore(Handle handle) {
        this.handle = handle;
    }

    /** Stores the tables that a job's rows are in, and how large they are. */
    public void insert(long job, List<JobDefinition.Table> relations) {
        var batch = handle.prepareBatch(INSERT);
        for (var relation : relations) {
            batch.bind("job", job)
                    .bind("relation", relation.oid())
                    .bind("schema", relation.schema())
                    .bind("table", relation.name())
                    .add();
        }
        batch.execute();
    }

    /** The tables of a job, by the names that they had at submission. */
    public List<JobDefinition.Table> pinned(long job) {
        return read(PINNED, job);
    }

    /** The tables of a job that still exist, by their present names. */
    public List<JobDefinition.Table> present(long job) {
        return read(PRESENT, job);
    }

    private List<JobDefinition.Table> read(String sql, long job) {
        return handle.createQuery(sql)
                .bind("job", job)
                .map((row, context) -> new JobDefinition.Table(
                        row.getLong("oid"), row.getString("schema_name"), row.getString("table_name")))
                .list();
    }
}
