package dev.backfleet.coordinator.query;

import java.util.List;

/**
 * A job with the fleet and its workers, read in one snapshot.
 *
 * @param workers all workers of the fleet, live ones first
 */
public record Snapshot(JobStatus job, FleetStatus fleet, List<WorkerStatus> workers) {

    public Snapshot {
        workers = List.copyOf(workers);
    }
}
