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

    /** The job's batches of the last ten seconds, if at least three and half of them did not get their locks. */
    public Optional<WorkerStatus.RecentBatches> lostTries() {
        return recentBatches().filter(sum -> sum.failed() >= 3 && 2 * sum.failed() >= sum.of());
    }

    /** The job's batches of the last ten seconds, if at least three and half of them were slow with one or two rows. */
    public Optional<WorkerStatus.RecentBatches> slowBatches() {
        return recentBatches().filter(sum -> sum.slow() >= 3 && 2 * sum.slow() >= sum.of());
    }

    private Optional<WorkerStatus.RecentBatches> recentBatches() {
        return workers.stream()
                .flatMap(worker -> worker.recentBatches().stream())
                .filter(one -> job.state() == JobState.RUNNING && one.job() == job.id())
                .reduce((one, other) -> new WorkerStatus.RecentBatches(
                        job.id(), one.failed() + other.failed(), one.slow() + other.slow(), one.of() + other.of()));
    }

    /** Whether the job stands still, or its batches do not get their locks. */
    public boolean isHeldUp() {
        return meetsLocks() || job.standsStillSince(fleet.at()).isPresent();
    }

    /** Whether batches of the job do not get their locks, as its workers have noted. */
    public boolean meetsLocks() {
        return job.meetsLocks() || lostTries().isPresent();
    }
}
