package dev.backfleet.coordinator.throttle;

import java.util.List;
import java.util.Optional;

/** Where it is kept what holds jobs back: for the workers, for the people who ask, and for the next coordinator. */
public interface ThrottleRepository {

    /** The jobs that are RUNNING, and those that are paused and will be. */
    List<ThrottledJob> jobs();

    /** Stores where a job's brake stands, and what holding it back has cost since the last look. */
    void store(long job, ThrottlePolicy brake, Optional<FullSpeed> full, Optional<Charge> charge);

    /**
     * What a signal cost.
     *
     * @param seconds of work at full speed
     */
    record Charge(String signal, double seconds) {}
}
