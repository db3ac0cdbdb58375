package dev.backfleet.coordinator.dispatch;

import dev.backfleet.coordinator.dispatch.FleetLoad.Grant;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides, as a pure function, how many shards of which jobs are split so that idle slots get a part of the remaining work:
 * only of jobs without pending shards, at most one part for each idle slot, at most one for each running shard, and at most
 * 50 at once.
 */
public final class Stragglers {

    /** Each split scans an index and is a transaction. The next round, half a second later, splits more. */
    private static final int MOST = 50;

    private Stragglers() {}

    /** The number of shards to split now, by job. */
    public static List<Grant> choose(FleetLoad load) {
        var grants = new ArrayList<Grant>();
        var idle = Math.min(MOST, load.slots() - load.outstanding());
        for (var job : load.jobs()) {
            var usable = Math.min(idle, job.concurrency() - job.outstanding());
            var splits = job.pending() > 0 ? 0 : Math.min(usable, job.running());
            if (splits > 0) {
                grants.add(new Grant(job.job(), splits));
                idle -= splits;
            }
        }
        return grants;
    }
}
