package dev.backfleet.coordinator.screen;

import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.WorkerStatus;

/** Whether workers accept tasks, in words. */
public final class WorkerState {
    private WorkerState() {}

    /** The state of a worker. */
    public static String words(WorkerStatus worker) {
        if (!worker.alive()) {
            return "no heartbeat";
        }
        return worker.taking() ? "accepting tasks" : notAccepting(worker);
    }

    /** Why a live worker does not accept tasks. */
    static String notAccepting(WorkerStatus worker) {
        var why = worker.notAccepting();
        if (why != null && why.reason() == NotAccepting.FLEET_PAUSED) {
            return "idle: fleet paused since " + HumanTime.moment(why.since());
        }
        return "accepts no tasks"
                + (why == null ? "" : ": " + why.reason().words() + " since " + HumanTime.moment(why.since()));
    }
}
