package dev.backfleet.coordinator.operation;

import dev.backfleet.coordinator.operation.ChangeControl.Stop;
import dev.backfleet.coordinator.operation.ChangeControl.Stopped;
import org.jspecify.annotations.Nullable;

/** Ends a job for good; what was changed stays changed, and its name is free again. */
public final class Cancel {
    private final ChangeControl control;

    /** Over a control topic and a control schema. */
    public Cancel(ChangeControl control) {
        this.control = control;
    }

    /**
     * Cancels.
     *
     * @param job its id or name
     * @param reason why, for those who read the status
     * @param wait whether to wait for the proof that no row can change any more; it can be asked for later by {@link #prove}
     * @throws OperationRefused NOT_FOUND; CONFLICT if the job is over; STALE if it ended at the same moment
     */
    public Stopped run(Actor actor, String job, @Nullable String reason, boolean wait) {
        return control.stop(actor, ControlSubject.job(job), Stop.CANCEL, reason, wait);
    }

    /**
     * Waits for the proof of a cancellation that was asked for before.
     *
     * @throws OperationRefused STALE if the job is in another state
     */
    public Stopped prove(String job) {
        return control.prove(ControlSubject.job(job), Stop.CANCEL);
    }
}
