package dev.backfleet.coordinator.query;

import java.util.List;

/**
 * A job with what concerns it, all of one moment.
 *
 * @param workers all workers of the fleet, those that are alive first
 */
public record Snapshot(JobStatus job, FleetStatus fleet, List<WorkerStatus> workers) {

    public Snapshot {
        workers = List.copyOf(workers);
    }
}
