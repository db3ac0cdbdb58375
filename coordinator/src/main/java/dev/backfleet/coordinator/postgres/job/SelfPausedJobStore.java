package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.EnvironmentFailure;
import dev.backfleet.coordinator.duty.Recovery.Patient;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The statements about jobs that paused themselves. */
public final class SelfPausedJobStore {

    private static final String DUE = """
            select id, trouble from backfleet.job
            where state = 'PAUSED' and trouble is not null and probe_at <= clock_timestamp() order by id
            """;

    // A person's pause holds, whichever came first, and whichever version of the command line wrote it.
    private static final String GO_ON = """
            update backfleet.job j set state = 'RUNNING', trouble = null, probe_at = null, reason = null
            where j.id = :job and j.state = 'PAUSED' and j.trouble = :trouble
              and not exists (select from backfleet.control c where c.scope = 'job/' || j.id and c.state <> 'RUN')
            """;

    private static final String POSTPONE = """
            update backfleet.job set probes = probes + 1, probe_at = backfleet.next_probe(probes + 1)
            where id = :job and state = 'PAUSED' and trouble = :trouble
            """;

    private static final String OVERRULE = """
            update backfleet.job set trouble = null, probe_at = null, reason = :reason
            where id = :job and state in ('PAUSING', 'PAUSED') and trouble is not null
            """;

    private final Handle handle;

    public SelfPausedJobStore(Handle handle) {
        this.handle = handle;
    }

    /** The jobs that are to be looked at now. */
    List<Patient> due() {
        return handle.createQuery(DUE).map((row, context) -> patient(row)).list().stream()
                .flatMap(Optional::stream)
                .toList();
    }

    // A trouble that this version does not know is left to a newer one, or to a person.
    private static Optional<Patient> patient(ResultSet row) throws SQLException {
        var job = row.getLong("id");
        return EnvironmentFailure.of(row.getString("trouble")).map(trouble -> new Patient(job, trouble));
    }

    /** Lets a job go on that paused itself, unless a person wants it to stand still; whether it does. */
    boolean goOn(Patient patient) {
        return handle.createUpdate(GO_ON)
                        .bind("job", patient.job())
                        .bind("trouble", patient.trouble().code())
                        .execute()
                == 1;
    }

    /** Looks again later. */
    void postpone(Patient patient) {
        handle.createUpdate(POSTPONE)
                .bind("job", patient.job())
                .bind("trouble", patient.trouble().code())
                .execute();
    }

    /** Makes a pause that a job made itself a person's. */
    public void overrule(long job, String reason) {
        handle.createUpdate(OVERRULE).bind("job", job).bind("reason", reason).execute();
    }
}
