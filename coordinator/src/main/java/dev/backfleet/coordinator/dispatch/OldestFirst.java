package dev.backfleet.coordinator.dispatch;

import java.util.ArrayList;
import java.util.List;

/**
 * The oldest job gets all it may use, the next what is left. The window of outstanding tasks is the fleet's slots plus
 * a small reserve, so that a slot that comes free finds a task waiting, and a pause or a new job finds few.
 */
public final class OldestFirst implements DispatchPolicy {

    @Override
    public List<Grant> choose(FleetLoad load) {
        var grants = new ArrayList<Grant>();
        var window = window(load.slots()) - load.outstanding();
        for (var job : load.jobs()) {
            var tasks = Math.min(window, job.room(load.slots()));
            if (tasks > 0) {
                grants.add(new Grant(job.job(), tasks));
                window -= tasks;
            }
        }
        return grants;
    }

    // Without workers nothing is published: it would only grow old.
    private static int window(int slots) {
        return slots == 0 ? 0 : slots + Math.max(2, slots / 4);
    }
}
