package dev.backfleet.coordinator.query;

import java.util.List;

/** The question which workers there are. */
public final class ListWorkers {
    private final Workers workers;

    /** Asks of workers. */
    public ListWorkers(Workers workers) {
        this.workers = workers;
    }

    /** The workers that were seen lately, those that are alive first. */
    public Listed run() {
        return new Listed(workers.workers(), workers.fleet());
    }

    /** The workers, with what concerns all of them. */
    public record Listed(List<WorkerStatus> workers, FleetStatus fleet) {
        public Listed {
            workers = List.copyOf(workers);
        }
    }

    /** The workers, as they are stored. */
    public interface Workers {
        /** The workers that were seen lately, those that are alive first. */
        List<WorkerStatus> workers();

        /** What concerns all workers. */
        FleetStatus fleet();
    }
}
