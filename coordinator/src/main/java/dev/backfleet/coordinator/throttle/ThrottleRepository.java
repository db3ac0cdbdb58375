package dev.backfleet.coordinator.throttle;

import java.util.List;
import java.util.Optional;

/** Where the throttle keeps its decisions: for the workers, for the commands that show them, and for the next leader. */
public interface ThrottleRepository {

    /** The jobs that are RUNNING, PAUSING or PAUSED. */
    List<ThrottledJob> jobs();

    /** Stores the factor of a job, the signal that throttles it, and what the throttle has cost since the last round. */
    void store(long job, ThrottlePolicy policy, Optional<FullSpeed> full, Optional<DelayCost> cost);

    /**
     * What a signal cost a job.
     *
     * @param seconds of work at full speed
     */
    record DelayCost(String signal, double seconds) {}
}
