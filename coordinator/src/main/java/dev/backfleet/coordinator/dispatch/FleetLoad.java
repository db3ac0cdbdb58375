package dev.backfleet.coordinator.dispatch;

import java.util.List;

/**
 * The fleet's slots, and the jobs that are RUNNING.
 *
 * @param slots of the workers that are alive and accept tasks
 * @param jobs oldest first
 */
public record FleetLoad(int slots, List<JobLoad> jobs) {
    public FleetLoad {
        jobs = List.copyOf(jobs);
    }

    /** Tasks that are published or being worked on. */
    public int outstanding() {
        return jobs.stream().mapToInt(JobLoad::outstanding).sum();
    }

    /**
     * One job's load.
     *
     * @param concurrency the most slots that it may use at once
     * @param dispatched shards that are DISPATCHED
     * @param running shards that are RUNNING
     * @param pending shards that wait and may be dispatched now; 1000 means that many or more
     * @param weight its share of the slots relative to other jobs
     * @param served the slot-seconds that it has used, divided by its weight
     */
    public record JobLoad(
            long job, int concurrency, int dispatched, int running, int pending, int weight, double served) {
        /** Tasks that are published or being worked on. */
        public int outstanding() {
            return dispatched + running;
        }

        /** Whether there is work left. */
        public boolean backlogged() {
            return pending > 0 || outstanding() > 0;
        }

        /** The same load with other slot-seconds. */
        public JobLoad served(double slotSeconds) {
            return new JobLoad(job, concurrency, dispatched, running, pending, weight, slotSeconds);
        }

        /**
         * How many more tasks of the job may be published, by its own limits. If the fleet has no more
         * slots than the job may use, tasks in reserve cannot make the job use too many slots.
         *
         * @param slots the fleet's
         */
        public int room(int slots) {
            return slots <= concurrency ? pending : Math.min(pending, Math.max(0, concurrency - outstanding()));
        }
    }

    /**
     * How many more tasks of a job may be published.
     *
     * @param tasks how many, at least 1
     */
    public record Grant(long job, int tasks) {}
}
