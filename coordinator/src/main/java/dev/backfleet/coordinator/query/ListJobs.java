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
        return new Listed(jobs.jobs(all), jobs.fleet());
    }

    /** The jobs, and the state of the fleet. */
    public record Listed(List<JobStatus> jobs, FleetStatus fleet) {
        public Listed {
            jobs = List.copyOf(jobs);
        }
    }

    /** The stored jobs. */
    public interface Jobs {
        /** The unfinished jobs, and all or the last of the finished ones. */
        List<JobStatus> jobs(boolean all);

        FleetStatus fleet();
    }
}
