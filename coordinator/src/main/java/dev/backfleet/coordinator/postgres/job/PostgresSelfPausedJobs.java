package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.EnvironmentFailure;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.duty.Recovery;
import dev.backfleet.coordinator.postgres.catalog.Refusal;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/** The jobs that paused themselves, in the control schema, and trials of whether their trouble is over. */
public final class PostgresSelfPausedJobs implements Recovery.Patients {

    // 16 MB, so that a job does not go on for the last free page.
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

    private final Database database;

    /** Creates it. */
    public PostgresSelfPausedJobs(Database database) {
        this.database = database;
    }

    @Override
    public List<Recovery.Patient> due() {
        return database.jdbi().withHandle(handle -> new SelfPausedJobStore(handle).due());
    }

    @Override
    public boolean isOver(Recovery.Patient patient) {
        return switch (patient.trouble()) {
            // Who leads has just written its lease, and writes that the job goes on.
            case READ_ONLY -> true;
            case DISK_FULL -> database.jdbi().withHandle(handle -> hasRoom(handle, patient.job()));
            case NOT_PERMITTED -> false;
        };
    }

    @Override
    public boolean goOn(Recovery.Patient patient) {
        return database.jdbi().withHandle(handle -> new SelfPausedJobStore(handle).goOn(patient));
    }

    @Override
    public void postpone(Recovery.Patient patient) {
        database.jdbi().useHandle(handle -> new SelfPausedJobStore(handle).postpone(patient));
    }

    // Writes where the job's table is, and leaves nothing behind. Where this role may not, the job itself is the trial:
    // its
    // batches are refused again, and it pauses itself for twice as long.
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
