package dev.backfleet.coordinator.duty;

import dev.backfleet.common.job.EnvironmentFailure;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty of letting jobs go on that paused themselves. It never touches a pause that a person asked for: then there is no
 * trouble stored with the job, or the person's wish is, and the database refuses the move.
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Patients patients;

    /** Creates it. */
    public Recovery(Patients patients) {
        this.patients = patients;
    }

    /** Looks after the jobs whose time has come; the others wait. */
    public void runOnce() {
        RuntimeException first = null;
        for (var patient : patients.due()) {
            try {
                look(patient);
            } catch (RuntimeException e) {
                // One that cannot be looked at keeps no other from going on.
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private void look(Patient patient) {
        if (!patients.isOver(patient)) {
            patients.postpone(patient);
        } else if (patients.goOn(patient)) {
            LOG.atInfo()
                    .addKeyValue("job", patient.job())
                    .addKeyValue("trouble", patient.trouble())
                    .log("job goes on: what it paused itself for is over");
        }
    }

    /**
     * A job that paused itself.
     *
     * @param job which job
     * @param trouble what for
     */
    public record Patient(long job, EnvironmentFailure trouble) {}

    /** The jobs that paused themselves, and what can be found out about their trouble. */
    public interface Patients {
        /** The jobs that are to be looked at now. */
        List<Patient> due();

        /** Whether the trouble is over, as far as the leading coordinator can see. */
        boolean isOver(Patient patient);

        /** Lets the job go on; whether it does. */
        boolean goOn(Patient patient);

        /** Looks again later: each time twice as much later. */
        void postpone(Patient patient);
    }
}
