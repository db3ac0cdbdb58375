package dev.backfleet.coordinator.throttle;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.Thresholds;
import dev.backfleet.common.throttle.ThrottleSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the throttle knows of a RUNNING or paused job.
 *
 * @param relations the tables that hold its rows
 * @param wanted the throttle settings of its spec
 */
public record ThrottledJob(
        long id, JobDefinition definition, List<JobDefinition.Table> relations, ThrottleSpec wanted, Pace pace) {

    public ThrottledJob {
        relations = List.copyOf(relations);
    }

    /** The thresholds of a signal: the spec's if it has some, otherwise those of the coordinator's settings. */
    Thresholds thresholds(Signal signal, Map<Signal, Thresholds> settings) {
        var written = wanted.thresholds().get(signal.key());
        return written == null
                ? settings.getOrDefault(signal, Thresholds.OFF)
                : Thresholds.parse(written, signal.measure());
    }

    /**
     * The present speed of a job.
     *
     * @param factor the factor of the last round
     * @param rowsPerSecond as measured over the last seconds
     * @param running slots that work on it
     * @param due whether workers could work on it if it were not throttled: its window is open, and neither it nor the fleet
     *     is paused
     * @param full its full speed, as it was stored; empty if it is not known
     */
    public record Pace(double factor, double rowsPerSecond, int running, boolean due, Optional<FullSpeed> full) {}
}
