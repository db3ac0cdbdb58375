package dev.backfleet.coordinator.query;

import java.util.List;

/**
 * A job with the fleet and its workers, read in one snapshot.
 *
 * @param workers all workers of the fleet, live ones first
 * @param blockers if the job stands still or meets locks: sessions that hold locks on its tables, the likeliest first
 * @param map where in its key space the job is
 */
public record Snapshot(
        JobStatus job, FleetStatus fleet, List<WorkerStatus> workers, List<Blocker> blockers, ShardMap map) {

    public Snapshot {
        workers = List.copyOf(workers);
        blockers = List.copyOf(blockers);
    }
}
