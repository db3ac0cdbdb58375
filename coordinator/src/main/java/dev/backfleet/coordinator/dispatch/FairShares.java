package dev.backfleet.coordinator.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fleet's slots are shared between jobs by weight: the next task is for the job that has had the least for its
 * weight, what it has under way counted as slices to come. So no slot is idle while a job may use it, and no job waits
 * for ever. The window of outstanding tasks is the fleet's slots plus a small reserve, so that a slot that comes free
 * finds a task waiting, and a pause or a new job finds few.
 */
public final class FairShares implements DispatchPolicy {

    /** About how long a task is worked on before its slot is free again, in seconds. */
    private static final double SLICE = 10;

    @Override
    public List<Grant> choose(FleetLoad load) {
        var granted = new LinkedHashMap<JobLoad, Integer>();
        for (var free = window(load.slots()) - load.outstanding(); free > 0; free--) {
            var next = next(load, granted);
            if (next.isEmpty()) {
                break;
            }
            granted.merge(next.get(), 1, Integer::sum);
        }
        var grants = new ArrayList<Grant>();
        granted.forEach((job, tasks) -> grants.add(new Grant(job.job(), tasks)));
        return grants;
    }

    // Of equals, the older.
    private static Optional<JobLoad> next(FleetLoad load, Map<JobLoad, Integer> granted) {
        JobLoad best = null;
        var least = Double.POSITIVE_INFINITY;
        for (var job : load.jobs()) {
            int already = granted.getOrDefault(job, 0);
            var due = job.served() + SLICE * (job.outstanding() + already) / job.weight();
            if (already < job.room(load.slots()) && due < least) {
                best = job;
                least = due;
            }
        }
        return Optional.ofNullable(best);
    }

    // Without workers nothing is published: it would only grow old.
    private static int window(int slots) {
        return slots == 0 ? 0 : slots + Math.max(2, slots / 4);
    }
}
