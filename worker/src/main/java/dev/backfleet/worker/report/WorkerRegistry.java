package dev.backfleet.worker.report;

import dev.backfleet.common.control.Suspension;
import java.util.Optional;

/** Where a worker says that it is alive. */
public interface WorkerRegistry {

    /**
     * Says that the worker is alive.
     *
     * @param suspension why it accepts no tasks; nothing if it does
     * @return another process that has said the same under this worker's id since this one did: its host and number;
     *     nothing if there is none
     */
    Optional<String> seen(Optional<Suspension> suspension);

    /** Says that the worker has gone. */
    void gone();
}
