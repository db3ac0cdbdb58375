package dev.backfleet.coordinator.dispatch;

import dev.backfleet.coordinator.dispatch.DispatchPolicy.FleetLoad;
import dev.backfleet.coordinator.dispatch.DispatchPolicy.JobLoad;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts what each job has had of the fleet's slots, for each part of its weight. Only differences matter: who was not
 * there, or could not use its share, is owed nothing for it, and a new job begins where the others are. It lives in
 * memory: another leader begins anew, which is fair from then on.
 */
final class SlotUsage {

    /** The most that a job can be behind the one that has had most, in slot-seconds for each part of its weight. */
    private static final double MOST_OWED = 20;

    private final Map<Long, Double> served = new HashMap<>();
    private @Nullable Duration last;

    /** The load, with what each job has had by now. */
    FleetLoad counted(FleetLoad load, Duration now) {
        var seconds = last == null ? 0 : now.minus(last).toNanos() / 1e9;
        last = now;
        for (var job : load.jobs()) {
            served.computeIfPresent(job.job(), (id, had) -> had + seconds * job.running() / job.weight());
        }
        var known = load.jobs().stream()
                .filter(JobLoad::backlogged)
                .map(JobLoad::job)
                .filter(served::containsKey);
        var had = known.mapToDouble(id -> served.getOrDefault(id, 0.0)).summaryStatistics();
        var least = had.getCount() == 0 ? 0 : Math.max(had.getMin(), had.getMax() - MOST_OWED);
        served.keySet().retainAll(load.jobs().stream().map(JobLoad::job).toList());
        return new FleetLoad(
                load.slots(),
                load.jobs().stream().map(job -> job.served(level(job, least))).toList());
    }

    private double level(JobLoad job, double least) {
        return served.merge(job.job(), least, Math::max);
    }
}
