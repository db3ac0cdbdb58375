package dev.backfleet.coordinator.throttle;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.Thresholds;
import dev.backfleet.common.throttle.ThrottleSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A job that is RUNNING or paused, as far as its throttle is concerned.
 *
 * @param id which job
 * @param definition what it changes
 * @param relations the tables that hold its rows
 * @param wanted what its spec says
 * @param pace how it stands
 */
public record ThrottledJob(
        long id, JobDefinition definition, List<JobDefinition.Table> relations, ThrottleSpec wanted, Pace pace) {

    /** Copies the list. */
    public ThrottledJob {
        relations = List.copyOf(relations);
    }

    /** The spec's word for a signal, or else the settings'. */
    Thresholds thresholds(Signal signal, Map<Signal, Thresholds> settings) {
        var written = wanted.thresholds().get(signal.key());
        return written == null
                ? settings.getOrDefault(signal, Thresholds.OFF)
                : Thresholds.parse(written, signal.measure());
    }

    /**
     * How a job stands.
     *
     * @param factor what it was held back to when it was looked at last
     * @param rowsPerSecond as measured over the last seconds
     * @param running slots that work on it
     * @param due whether it would be worked on if nothing held it back: its window is open, and neither it nor the fleet is paused
     * @param full its full speed, as it was stored; empty if nobody knows it
     */
    public record Pace(double factor, double rowsPerSecond, int running, boolean due, Optional<FullSpeed> full) {}
}
