package dev.backfleet.coordinator.query;

import java.util.List;

/** The question which jobs there are. */
public final class ListJobs {
    private final Jobs jobs;

    /** Asks of jobs. */
    public ListJobs(Jobs jobs) {
        this.jobs = jobs;
    }

    /**
     * The jobs that are not over, newest first, then those that are.
     *
     * @param all whether all that are over, or only the ten that were over last
     */
    public Listed run(boolean all) {
        return new Listed(jobs.jobs(all), jobs.fleet());
    }

    /** The jobs, with what concerns all of them. */
    public record Listed(List<JobStatus> jobs, FleetStatus fleet) {
        public Listed {
            jobs = List.copyOf(jobs);
        }
    }

    /** The jobs, as they are stored. */
    public interface Jobs {
        /** The jobs that are not over, and all or the last of those that are. */
        List<JobStatus> jobs(boolean all);

        /** What concerns all jobs. */
        FleetStatus fleet();
    }
}
