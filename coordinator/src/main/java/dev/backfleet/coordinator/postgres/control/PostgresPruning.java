package dev.backfleet.coordinator.postgres.control;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.PruneJobs;
import dev.backfleet.coordinator.operation.PruneJobs.Prunable;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import dev.backfleet.coordinator.postgres.job.NoteStore;
import dev.backfleet.coordinator.postgres.undo.KeptRowStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Removes the shards of finished jobs. */
public final class PostgresPruning implements PruneJobs.Shards {

    private static final String TOPIC = "prune";

    // A retry of a row needs its shard; a FAILED one says what went wrong.
    private static final String MAY_GO = """
            s.state <> 'FAILED' and not exists (select from backfleet.quarantine q where q.job_id = s.job_id and q.shard = s.number)
            """;

    private static final String FINISHED = """
            select j.id, j.name, j.state, j.finished_at, j.quarantined,
                   coalesce(j.pruned_shards, (select max(number) from backfleet.shard where job_id = j.id), 0) as shards
            from backfleet.job j
            where j.finished_at <= clock_timestamp() - make_interval(secs => :age)
              and (j.id = :job or :job::bigint is null and j.state in ('SUCCEEDED', 'CANCELLED'))
              and (:dismiss and j.quarantined > 0
                or exists (select from backfleet.shard s where s.job_id = j.id and (:dismiss and s.state <> 'FAILED' or %s)))
            order by j.finished_at, j.id
            """.formatted(MAY_GO);

    private static final String FINISHED_BEFORE = """
            select exists (select from backfleet.job
              where id = :job and finished_at <= clock_timestamp() - make_interval(secs => :age))
            """;

    private static final String LAST =
            "select pruned_shards from backfleet.job where id = :job and pruned_at is not null";

    // Shards are locked before the job, as by the leader's tally: what it has not counted yet is counted here, once.
    private static final String BEGIN = """
            with tallied as (
              update backfleet.shard s set tallied = true
              where s.job_id = :job and s.epoch > 0 and not s.tallied
              returning s.state, s.rows_changed, s.rows_walked, s.last_batch_at
            )
            update backfleet.job j
            set tallied_changed = tallied_changed + t.changed, tallied_walked = tallied_walked + t.walked,
                tallied_shards = tallied_shards + t.shards, tallied_batch_at = greatest(tallied_batch_at, t.batch_at),
                pruned_at = now(), map_width = null, map_next = null,
                pruned_shards = coalesce((select max(number) from backfleet.shard where job_id = :job), 0)
            from (select coalesce(sum(rows_changed), 0)::bigint as changed, coalesce(sum(rows_walked), 0)::bigint as walked,
                         (count(*) filter (where state = 'DONE'))::integer as shards, max(last_batch_at) as batch_at
                  from tallied) t
            where j.id = :job and j.finished_at is not null and j.pruned_at is null
            returning j.pruned_shards
            """;

    private static final String REMOVE_MAP = "delete from backfleet.shard_bucket where job_id = :job";

    // What a history needs of a pruned job is in the audit and in the job's row.
    private static final String REMOVE_EVENTS = "delete from backfleet.job_event where job_id = :job";

    private static final String NOTE = """
            select 'its shards were pruned on ' || to_char(pruned_at at time zone 'UTC', 'YYYY-MM-DD') || ' by ' || :who
              || ': the counts are those of its end' || case when state = 'FAILED' then '; it can no longer be retried' else '' end
            from backfleet.job where id = :job
            """;

    private static final String REMOVE = """
            delete from backfleet.shard s
            where s.job_id = :job and s.number > :after and s.number <= :last
              and exists (select from backfleet.job j where j.id = s.job_id and j.pruned_at is not null) and %s
            """.formatted(MAY_GO);

    // What an undo of it that is unfinished puts back, and where a row in its quarantine that is retried is kept.
    private static final String KEPT_UNNEEDED = """
            select not exists (select from backfleet.job u where u.undoes = j.id and u.finished_at is null) and j.quarantined = 0
            from backfleet.job j where j.id = :job
            """;

    private final Database database;

    public PostgresPruning(Database database) {
        this.database = database;
    }

    @Override
    public List<Prunable> finished(Optional<Long> job, Duration age, boolean dismissRows) {
        return database.jdbi().withHandle(handle -> handle.createQuery(FINISHED)
                .bind("job", job.orElse(null))
                .bind("age", (double) age.toSeconds())
                .bind("dismiss", dismissRows)
                .map((row, context) -> prunable(row))
                .list());
    }

    @Override
    public boolean finishedBefore(long job, Duration age) {
        return database.jdbi().withHandle(handle -> handle.createQuery(FINISHED_BEFORE)
                .bind("job", job)
                .bind("age", (double) age.toSeconds())
                .mapTo(Boolean.class)
                .one());
    }

    @Override
    public Optional<Integer> begin(long job, Actor actor) {
        return database.jdbi().inTransaction(handle -> {
            var begun = last(handle, LAST, job);
            if (begun.isPresent()) {
                return begun;
            }
            var last = last(handle, BEGIN, job);
            if (last.isEmpty()) {
                handle.rollback();
                return last(handle, LAST, job);
            }
            handle.createUpdate(REMOVE_MAP).bind("job", job).execute();
            handle.createUpdate(REMOVE_EVENTS).bind("job", job).execute();
            if (unneeded(handle, job)) {
                new KeptRowStore(handle).remove(job);
            }
            new AuditStore(handle).did(job, actor, "prune", last.get() + (last.get() == 1 ? " shard" : " shards"));
            var note = handle.createQuery(NOTE)
                    .bind("job", job)
                    .bind("who", actor.words())
                    .mapTo(String.class)
                    .one();
            new NoteStore(handle).tell(job, TOPIC, note);
            return last;
        });
    }

    private static boolean unneeded(Handle handle, long job) {
        return handle.createQuery(KEPT_UNNEEDED)
                .bind("job", job)
                .mapTo(Boolean.class)
                .one();
    }

    @Override
    public int remove(long job, int after, int last) {
        return database.jdbi().withHandle(handle -> handle.createUpdate(REMOVE)
                .bind("job", job)
                .bind("after", after)
                .bind("last", last)
                .execute());
    }

    @Override
    public long left(long job) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from backfleet.shard where job_id = :job")
                        .bind("job", job)
                        .mapTo(Long.class)
                        .one());
    }

    private static Optional<Integer> last(Handle handle, String sql, long job) {
        return handle.createQuery(sql).bind("job", job).mapTo(Integer.class).findOne();
    }

    private static Prunable prunable(ResultSet row) throws SQLException {
        return new Prunable(
                row.getLong("id"),
                row.getString("name"),
                JobState.valueOf(row.getString("state")),
                row.getObject("finished_at", OffsetDateTime.class).toInstant(),
                row.getLong("shards"),
                row.getLong("quarantined"));
    }
}
