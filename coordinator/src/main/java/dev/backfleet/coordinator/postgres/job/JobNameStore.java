package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.coordinator.operation.Intake.NameUse;
import dev.backfleet.coordinator.operation.Intake.OtherJob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements about what is taken before a job is submitted: names of jobs, and columns that other jobs set. */
public final class JobNameStore {

    private static final String LOCK =
            "select pg_advisory_xact_lock(hashtextextended('backfleet job name ' || :name, 0))";

    // One statement: a job that becomes SUCCEEDED at the same moment is either unfinished here or has SUCCEEDED.
    private static final String USE = """
            select id, state = 'SUCCEEDED' as succeeded from backfleet.job
            where name = :name and state not in ('CANCELLED', 'FAILED')
            order by state = 'SUCCEEDED', id desc limit 1
            """;

    private static final String UNFINISHED = """
            select j.id, j.name, j.definition::text as definition from backfleet.job j
            where j.finished_at is null and j.reconciles is null
              and exists (select from backfleet.job_relation r where r.job_id = j.id and r.relation::bigint = any(:relations))
            order by j.id
            """;

    private final Handle handle;

    public JobNameStore(Handle handle) {
        this.handle = handle;
    }

    /** Locks a name until the transaction ends. */
    public void lock(String name) {
        handle.createQuery(LOCK).bind("name", name).mapTo(String.class).one();
    }

    /** The job that uses a name: an unfinished one, or else the newest that SUCCEEDED. */
    public Optional<NameUse> use(String name) {
        return handle.createQuery(USE)
                .bind("name", name)
                .map((row, context) -> new NameUse(row.getLong("id"), row.getBoolean("succeeded")))
                .findOne();
    }

    /** The unfinished jobs that change some tables; a reconcile changes none. One whose definition this release cannot read sets no known column. */
    public List<OtherJob> unfinished(List<JobDefinition.Table> tables) {
        return handle.createQuery(UNFINISHED)
                .bindArray(
                        "relations",
                        Long.class,
                        tables.stream().map(JobDefinition.Table::oid).toArray())
                .map((row, context) -> new OtherJob(row.getLong("id"), row.getString("name"), columns(row)))
                .list();
    }

    private static List<String> columns(ResultSet row) throws SQLException {
        try {
            return JobDefinition.JSON.read(row.getString("definition")).work().columns();
        } catch (UnreadableException e) {
            return List.of();
        }
    }
}
