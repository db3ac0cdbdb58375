package dev.backfleet.worker.report;

import dev.backfleet.common.control.Suspension;
import java.util.Optional;

/** Where the workers of the fleet are registered. */
public interface WorkerRegistry {

    /**
     * Stores that the worker is alive.
     *
     * @param suspension why it accepts no tasks; empty if it does
     * @return host and process id of another process that has stored a heartbeat under this worker's id since this process did;
     *     empty if there is none
     */
    Optional<String> heartbeat(Optional<Suspension> suspension);

    /** Removes the worker. */
    void remove();
}
