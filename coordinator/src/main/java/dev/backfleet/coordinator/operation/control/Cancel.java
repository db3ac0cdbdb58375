package dev.backfleet.coordinator.operation.control;

import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.ControlSubject;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.control.ChangeControl.Stop;
import dev.backfleet.coordinator.operation.control.ChangeControl.Stopped;
import org.jspecify.annotations.Nullable;

/** Ends a job; what was changed stays changed, and another job can use its name. */
public final class Cancel {
    private final ChangeControl control;

    public Cancel(ChangeControl control) {
        this.control = control;
    }

    /**
     * Cancels.
     *
     * @param job its id or name
     * @param reason why; shown in the job's status
     * @param wait whether to wait until it is proven that no more rows can change
     * @throws OperationRefused NOT_FOUND; CONFLICT if the job has ended; STALE if it ended at the same moment
     * @throws ChangeControl.StopUnconfirmedException if the database fails; the cancel may be published all the same
     */
    public Stopped run(Actor actor, String job, @Nullable String reason, boolean wait) {
        return control.stop(actor, ControlSubject.job(job), Stop.CANCEL, reason, wait);
    }
}
