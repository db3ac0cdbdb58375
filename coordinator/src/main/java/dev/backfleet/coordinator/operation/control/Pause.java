package dev.backfleet.coordinator.operation.control;

import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.ControlSubject;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.control.ChangeControl.Stop;
import dev.backfleet.coordinator.operation.control.ChangeControl.Stopped;
import org.jspecify.annotations.Nullable;

/** Stops a job, one tenant of it, or the whole fleet, until it is resumed. */
public final class Pause {
    private final ChangeControl control;

    public Pause(ChangeControl control) {
        this.control = control;
    }

    /**
     * Pauses.
     *
     * @param reason why; shown in the status
     * @param wait whether to wait until it is proven that no more rows can change
     * @throws OperationRefused NOT_FOUND; INVALID for a tenant of a job whose shards do not follow tenants; CONFLICT if the
     *     job has ended or is HALTED; STALE if it ended or was resumed at the same moment
     * @throws ChangeControl.StopUnconfirmedException if the database fails; the pause may be published all the same
     */
    public Stopped run(Actor actor, ControlSubject target, @Nullable String reason, boolean wait) {
        return control.stop(actor, target, Stop.PAUSE, reason, wait);
    }
}
