package dev.backfleet.coordinator.query;

import dev.backfleet.common.job.JobState;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    /** Some jobs, newest first, at most as many as the filter says. */
    public Listed run(Filter filter) {
        return new Listed(jobs.jobs(filter), jobs.fleet(), jobs.workers());
    }

    /**
     * Which jobs.
     *
     * @param states only those in one of these; empty: any
     * @param name only those of this name; null: any
     * @param table only those of this table, as a status shows it; null: any
     * @param before only those with lower ids
     * @param limit how many, at most
     */
    public record Filter(
            Set<JobState> states,
            @Nullable String name,
            @Nullable String table,
            long before,
            int limit) {
        public Filter {
            states = Set.copyOf(states);
        }
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

        /** Some jobs, newest first. */
        List<JobStatus> jobs(Filter filter);

        FleetStatus fleet();

        /** The workers with a heartbeat in the last ten minutes, live ones first. */
        List<WorkerStatus> workers();
    }
}
