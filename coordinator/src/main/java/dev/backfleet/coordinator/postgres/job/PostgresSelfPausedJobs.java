package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.error.EnvironmentFailure;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.duty.Recovery;
import dev.backfleet.coordinator.postgres.catalog.Refusal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/** The statements about jobs that paused themselves, and the trials whether the failure that made them is over. */
public final class PostgresSelfPausedJobs implements Recovery.SelfPausedJobs {

    private final Database database;

    public PostgresSelfPausedJobs(Database database) {
        this.database = database;
    }

    private static final String DUE = """
            select id, trouble from backfleet.job
            where state = 'PAUSED' and trouble is not null and probe_at <= clock_timestamp() order by id
            """;

    @Override
    public List<Recovery.SelfPausedJob> due() {
        return database
                .jdbi()
                .withHandle(handle -> handle.createQuery(DUE)
                        .map((row, context) -> selfPaused(row))
                        .list())
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    // A failure that this version does not know is left to a newer one, or to an operator.
    private static Optional<Recovery.SelfPausedJob> selfPaused(ResultSet row) throws SQLException {
        var job = row.getLong("id");
        return EnvironmentFailure.of(row.getString("trouble")).map(failure -> new Recovery.SelfPausedJob(job, failure));
    }

    @Override
    public boolean isOver(Recovery.SelfPausedJob job) {
        return switch (job.failure()) {
            // The leader has just renewed its lease with a write, and resumes the job with another.
            case READ_ONLY -> true;
            case DISK_FULL -> database.jdbi().withHandle(handle -> hasRoom(handle, job.id()));
            case NOT_PERMITTED -> false;
        };
    }

    // An operator's pause takes precedence, whichever came first, and whichever version of the command line wrote it.
    private static final String RESUME_IF_SELF_PAUSED = """
            update backfleet.job j set state = 'RUNNING', trouble = null, probe_at = null, reason = null
            where j.id = :job and j.state = 'PAUSED' and j.trouble = :trouble
              and not exists (select from backfleet.control c where c.scope = 'job/' || j.id and c.state <> 'RUN')
            """;

    @Override
    public boolean resumeIfSelfPaused(Recovery.SelfPausedJob job) {
        return database.jdbi().withHandle(handle -> handle.createUpdate(RESUME_IF_SELF_PAUSED)
                        .bind("job", job.id())
                        .bind("trouble", job.failure().code())
                        .execute())
                == 1;
    }

    private static final String POSTPONE_IF_SELF_PAUSED = """
            update backfleet.job set probes = probes + 1, probe_at = backfleet.next_probe(probes + 1)
            where id = :job and state = 'PAUSED' and trouble = :trouble
            """;

    @Override
    public void postponeIfSelfPaused(Recovery.SelfPausedJob job) {
        database.jdbi().useHandle(handle -> handle.createUpdate(POSTPONE_IF_SELF_PAUSED)
                .bind("job", job.id())
                .bind("trouble", job.failure().code())
                .execute());
    }

    // 16 MB, so that a job is not resumed for the last free page.
    private static final int TRIAL_PAGES = 2_048;

    private static final String TABLESPACE = """
            select coalesce(quote_ident(t.spcname), 'pg_default')
            from backfleet.job j
            left join pg_class c on c.oid = (j.definition #>> '{table,oid}')::oid
            join pg_database d on d.datname = current_database()
            left join pg_tablespace t on t.oid = coalesce(nullif(c.reltablespace, 0), d.dattablespace)
            where j.id = :job
            """;

    private static final String FILL = """
            insert into pg_temp.backfleet_trial select repeat('x', 8000) from generate_series(1, %d)
            """.formatted(TRIAL_PAGES);

    // Writes to the tablespace of the job's table, and rolls back. Where this role may not, the job itself is the
    // trial:
    // its batches are rejected again, and it pauses itself for twice as long.
    private static boolean hasRoom(Handle handle, long job) {
        var tablespace = handle.createQuery(TABLESPACE)
                .bind("job", job)
                .mapTo(String.class)
                .one();
        handle.begin();
        try {
            handle.execute("create temp table backfleet_trial (filling text) on commit drop tablespace " + tablespace);
            // Plain: as large as it says.
            handle.execute("alter table pg_temp.backfleet_trial alter column filling set storage plain");
            handle.execute(FILL);
            return true;
        } catch (JdbiException e) {
            var code = Refusal.code(e);
            if (code.equals(EnvironmentFailure.DISK_FULL.code())) {
                return false;
            }
            if (code.equals(EnvironmentFailure.NOT_PERMITTED.code())) {
                return true;
            }
            throw e;
        } finally {
            handle.rollback();
        }
    }
}
