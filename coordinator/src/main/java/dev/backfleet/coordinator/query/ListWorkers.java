package dev.backfleet.coordinator.query;

import java.util.List;

/** The query for the list of workers. */
public final class ListWorkers {
    private final Workers workers;

    public ListWorkers(Workers workers) {
        this.workers = workers;
    }

    /** The workers with a heartbeat in the last ten minutes, live ones first. */
    public Listed run() {
        return new Listed(workers.workers(), workers.fleet());
    }

    /** The workers, and the state of the fleet. */
    public record Listed(List<WorkerStatus> workers, FleetStatus fleet) {
        public Listed {
            workers = List.copyOf(workers);
        }
    }

    /** The stored workers. */
    public interface Workers {
        /** The workers with a heartbeat in the last ten minutes, live ones first. */
        List<WorkerStatus> workers();

        FleetStatus fleet();
    }
}
