package dev.backfleet.coordinator.query;

import dev.backfleet.common.job.JobState;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job with the fleet and its workers, read in one snapshot.
 *
 * @param workers all workers of the fleet, live ones first
 * @param blockers if the job stands still or meets locks: sessions that hold locks on its tables, the likeliest first
 * @param map where in its key space the job is
 * @param cost what the job has cost; null until it has finished
 */
public record Snapshot(
        JobStatus job,
        FleetStatus fleet,
        List<WorkerStatus> workers,
        List<Blocker> blockers,
        ShardMap map,
        @Nullable JobCost cost) {

    public Snapshot {
        workers = List.copyOf(workers);
        blockers = List.copyOf(blockers);
    }

    /** Without what the job has cost. */
    public Snapshot(
            JobStatus job, FleetStatus fleet, List<WorkerStatus> workers, List<Blocker> blockers, ShardMap map) {
        this(job, fleet, workers, blockers, map, null);
    }

    /** The same with what the job has cost. */
    public Snapshot with(JobCost other) {
        return new Snapshot(job, fleet, workers, blockers, map, other);
    }

    /** The batches of the job that did not get their locks in the last ten seconds, if at least three and half of them did not. */
    public Optional<WorkerStatus.LockTries> lostTries() {
        var tries = workers.stream()
                .flatMap(worker -> worker.lockTries().stream())
                .filter(one -> one.job() == job.id())
                .toList();
        return Optional.of(new WorkerStatus.LockTries(
                        job.id(),
                        tries.stream().mapToInt(WorkerStatus.LockTries::failed).sum(),
                        tries.stream().mapToInt(WorkerStatus.LockTries::of).sum()))
                .filter(sum -> job.state() == JobState.RUNNING && sum.failed() >= 3 && 2 * sum.failed() >= sum.of());
    }

    /** Whether batches of the job do not get their locks, as its workers have noted. */
    public boolean meetsLocks() {
        return job.meetsLocks() || lostTries().isPresent();
    }
}
