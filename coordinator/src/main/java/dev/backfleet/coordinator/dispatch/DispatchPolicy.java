package dev.backfleet.coordinator.dispatch;

import java.util.List;

/** Decides, as a pure function, how many tasks of which job are published next. */
@FunctionalInterface
public interface DispatchPolicy {

    /** What to publish now, given the fleet's slots and each job's load. */
    List<Grant> choose(FleetLoad load);

    /**
     * How many more tasks of a job may be published.
     *
     * @param job which job
     * @param tasks how many, at least 1
     */
    record Grant(long job, int tasks) {}

    /**
     * The fleet's slots, and the jobs that are RUNNING.
     *
     * @param slots of the workers that are alive and take tasks
     * @param jobs oldest first
     */
    record FleetLoad(int slots, List<JobLoad> jobs) {
        /** Copies the list. */
        public FleetLoad {
            jobs = List.copyOf(jobs);
        }

        /** Tasks that are published or being worked on. */
        public int outstanding() {
            return jobs.stream().mapToInt(JobLoad::outstanding).sum();
        }
    }

    /**
     * One job's load.
     *
     * @param job which job
     * @param concurrency the most slots that it may use at once
     * @param dispatched shards that are DISPATCHED
     * @param running shards that are RUNNING
     * @param pending whether shards wait
     * @param rateLimit rows per second of the fleet; 0: no limit
     */
    record JobLoad(long job, int concurrency, int dispatched, int running, boolean pending, long rateLimit) {
        /** Tasks that are published or being worked on. */
        public int outstanding() {
            return dispatched + running;
        }

        /**
         * How many more tasks of the job may be published, as far as the job is concerned. Where the fleet has no more
         * slots than the job may use, tasks in reserve do not put one slot too many to work.
         *
         * @param slots the fleet's
         */
        public int room(int slots) {
            if (!pending) {
                return 0;
            }
            return slots <= concurrency ? Integer.MAX_VALUE : Math.max(0, concurrency - outstanding());
        }
    }
}
