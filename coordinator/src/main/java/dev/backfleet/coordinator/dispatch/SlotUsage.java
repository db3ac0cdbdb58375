package dev.backfleet.coordinator.dispatch;

import dev.backfleet.coordinator.dispatch.FleetLoad.JobLoad;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts the slot-seconds that each job has used, divided by its weight. Only differences matter: a job that was paused, or
 * could not use its share, gets no compensation, and a new job starts at the level of the others. The counts are in memory only:
 * a new leader starts from zero, which is fair from then on.
 */
final class SlotUsage {

    /** How far a job can be behind the one that has used most, in slot-seconds divided by weight. */
    private static final double MOST_BEHIND = 20;

    private final Map<Long, Double> served = new HashMap<>();
    private @Nullable Duration last;

    /** The load, with the slot-seconds that each job has used up to now. */
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
        var least = had.getCount() == 0 ? 0 : Math.max(had.getMin(), had.getMax() - MOST_BEHIND);
        served.keySet().retainAll(load.jobs().stream().map(JobLoad::job).toList());
        return new FleetLoad(
                load.slots(),
                load.jobs().stream().map(job -> job.served(level(job, least))).toList());
    }

    private double level(JobLoad job, double least) {
        return served.merge(job.job(), least, Math::max);
    }
}
