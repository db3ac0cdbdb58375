package dev.backfleet.coordinator.query;

import java.util.List;

/** The query for the list of jobs. */
public final class ListJobs {
    private final Jobs jobs;

    public ListJobs(Jobs jobs) {
        this.jobs = jobs;
    }

    /**
     * The unfinished jobs, newest first, then the finished ones.
     *
     * @param all whether to list all finished jobs, or only the ten that finished last
     */
    public Listed run(boolean all) {
        return new Listed(jobs.jobs(all), jobs.fleet(), jobs.workers());
    }

    /** The jobs, and the state of the fleet and of its workers. */
    public record Listed(List<JobStatus> jobs, FleetStatus fleet, List<WorkerStatus> workers) {
        public Listed {
            jobs = List.copyOf(jobs);
            workers = List.copyOf(workers);
        }

        /** Each job with the fleet and its workers; sessions that are in its way are not looked for. */
        public List<Snapshot> snapshots() {
            return jobs.stream()
                    .map(job -> new Snapshot(job, fleet, workers, List.of(), ShardMap.none(null)))
                    .toList();
        }
    }

    /** The stored jobs. */
    public interface Jobs {
        /** The unfinished jobs, and all or the last of the finished ones. */
        List<JobStatus> jobs(boolean all);

        FleetStatus fleet();

        /** The workers with a heartbeat in the last ten minutes, live ones first. */
        List<WorkerStatus> workers();
    }
}
