package dev.backfleet.coordinator.operation;

import dev.backfleet.coordinator.operation.ChangeControl.Stop;
import dev.backfleet.coordinator.operation.ChangeControl.Stopped;
import org.jspecify.annotations.Nullable;

/** Stops a job, one tenant of it, or the whole fleet, until it is resumed. */
public final class Pause {
    private final ChangeControl control;

    /** Over a control topic and a control schema. */
    public Pause(ChangeControl control) {
        this.control = control;
    }

    /**
     * Pauses.
     *
     * @param reason why, for those who read the status
     * @param wait whether to wait for the proof that no row can change any more; it can be asked for later by {@link #prove}
     * @throws OperationRefused NOT_FOUND; INVALID for a tenant of a job whose shards do not follow tenants; CONFLICT if the
     *     job is over or HALTED; STALE if it ended or was resumed at the same moment
     */
    public Stopped run(Actor actor, ControlSubject target, @Nullable String reason, boolean wait) {
        return control.stop(actor, target, Stop.PAUSE, reason, wait);
    }

    /**
     * Waits for the proof of a pause that was asked for before.
     *
     * @throws OperationRefused STALE if it is not to stand still any more
     */
    public Stopped prove(ControlSubject target) {
        return control.prove(target, Stop.PAUSE);
    }
}
