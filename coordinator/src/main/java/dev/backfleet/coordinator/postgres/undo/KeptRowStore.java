package dev.backfleet.coordinator.postgres.undo;

import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.undo.Kept;
import dev.backfleet.coordinator.query.undo.ShowKept;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements about {@code backfleet.kept_row}, and its partitions. */
public final class KeptRowStore {

    private static final String KEPT = """
            select j.id, j.name, j.state, coalesce((j.definition #>> '{old,keeps}')::boolean, false) as keeps,
                   exists (select from backfleet.kept_row k where k.job_id = j.id) as any_left,
                   u.id as undo_id, u.name as undo_name, u.state as undo_state
            from backfleet.job j
            left join lateral (
              select id, name, state from backfleet.job where undoes = j.id order by id desc limit 1) u on true
            where j.id = :job
            """;

    private static final String COUNT = """
            select count(*) from (select from backfleet.kept_row where job_id = :job limit :most) k
            """;

    private static final String BYTES = """
            select coalesce(pg_total_relation_size(to_regclass('backfleet.' || :partition)), 0)
            """;

    private static final String KEYS = """
            select k.relation::regclass::text as table_name, k.key from backfleet.kept_row k
            where k.job_id = :job order by k.relation, k.key limit :most
            """;

    private static final String EXISTS = "select to_regclass('backfleet.' || :partition) is not null";

    private final Handle handle;

    public KeptRowStore(Handle handle) {
        this.handle = handle;
    }

    /**
     * Makes the partition of a job, if it has none. Attaching it waits for no batch of another job, as making it a partition at
     * once would.
     */
    public void prepare(long job) {
        if (!exists(job)) {
            handle.execute("create table backfleet." + partition(job) + " (like backfleet.kept_row including indexes,"
                    + " constraint kept_row_of_job check (job_id = " + job + "))");
            handle.execute("alter table backfleet.kept_row attach partition backfleet." + partition(job)
                    + " for values in (" + job + ")");
        }
    }

    /** Empties the partition of a job: a row in its quarantine may still be retried, and kept. */
    long empty(long job) {
        if (!exists(job)) {
            return 0;
        }
        var bytes = bytes(job);
        handle.execute("set local lock_timeout = '2s'");
        handle.execute("truncate backfleet." + partition(job));
        return bytes;
    }

    /** Removes the partition of a job that changes no row any more. */
    public void remove(long job) {
        if (exists(job)) {
            handle.execute("set local lock_timeout = '2s'");
            handle.execute("drop table backfleet." + partition(job));
        }
    }

    /** Of how many rows values are kept; counted up to some number. */
    public long count(long job, long most) {
        return handle.createQuery(COUNT)
                .bind("job", job)
                .bind("most", most)
                .mapTo(Long.class)
                .one();
    }

    /** What a job has kept; nothing if there is no such job. */
    public Optional<Kept> kept(long job) {
        return handle.createQuery(KEPT)
                .bind("job", job)
                .map((row, context) -> kept(row))
                .findOne();
    }

    List<ShowKept.Key> keys(long job, int most) {
        return handle.createQuery(KEYS)
                .bind("job", job)
                .bind("most", most)
                .map((row, context) -> new ShowKept.Key(row.getString("table_name"), List.of((String[])
                        row.getArray("key").getArray())))
                .list();
    }

    /** The room that the kept values of a job take, in bytes. */
    public long bytes(long job) {
        return handle.createQuery(BYTES)
                .bind("partition", partition(job))
                .mapTo(Long.class)
                .one();
    }

    private boolean exists(long job) {
        return handle.createQuery(EXISTS)
                .bind("partition", partition(job))
                .mapTo(Boolean.class)
                .one();
    }

    private static String partition(long job) {
        return "kept_row_" + job;
    }

    private static Kept kept(ResultSet row) throws SQLException {
        var undo = row.getObject("undo_id", Long.class);
        return new Kept(
                row.getLong("id"),
                row.getString("name"),
                JobState.valueOf(row.getString("state")),
                row.getBoolean("keeps"),
                row.getBoolean("any_left"),
                undo == null
                        ? null
                        : new Kept.Undo(
                                undo, row.getString("undo_name"), JobState.valueOf(row.getString("undo_state"))));
    }
}
