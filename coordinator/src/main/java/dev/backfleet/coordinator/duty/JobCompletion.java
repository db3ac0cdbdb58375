package dev.backfleet.coordinator.duty;

import dev.backfleet.common.job.JobState;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The duty of ending what has come to its end: pauses and cancellations that wait for proof, and finished jobs. */
public final class JobCompletion {
    private static final Logger LOG = LoggerFactory.getLogger(JobCompletion.class);

    private final Jobs jobs;
    private final Farewell farewell;

    /** Creates it. */
    public JobCompletion(Jobs jobs, Farewell farewell) {
        this.jobs = jobs;
        this.farewell = farewell;
    }

    /** Moves every job on that can be. */
    public void runOnce() {
        jobs.quietFleetIfPaused();
        jobs.quietHalted();
        for (var job : jobs.in(JobState.PAUSING)) {
            moved(job, jobs.quiet(job, JobState.PAUSED));
        }
        for (var job : jobs.in(JobState.CANCELLING)) {
            moved(job, jobs.quiet(job, JobState.CANCELLED));
        }
        for (var job : jobs.in(JobState.RUNNING)) {
            moved(job, jobs.finish(job));
        }
    }

    private void moved(long job, List<JobState> to) {
        for (var state : to) {
            LOG.atInfo().addKeyValue("job", job).addKeyValue("state", state).log("job moved");
            if (state.isTerminal()) {
                forget(job);
            }
        }
    }

    // What stays there does no harm: nobody can work for a job that is over.
    private void forget(long job) {
        try {
            farewell.over(job);
        } catch (RuntimeException e) {
            LOG.atInfo().addKeyValue("job", job).log("the job's control records stay on the topic");
        }
    }

    /** Told when a job is over, so that what the control topic still holds of it can go. */
    @FunctionalInterface
    public interface Farewell {
        /** The job is over. */
        void over(long job);
    }

    /** The jobs, as far as they can come to an end. */
    public interface Jobs {
        /** The jobs in a state. */
        List<Long> in(JobState state);

        /** Takes RUNNING from every shard of a job, then moves it; to what it was moved, if it was. */
        List<JobState> quiet(long job, JobState to);

        /** Takes RUNNING from the shards of halted jobs. */
        void quietHalted();

        /** Takes RUNNING from every shard of every job, if the fleet is to pause. */
        void quietFleetIfPaused();

        /** SUCCEEDED or FAILED, if no shard is open; to what it was moved, if it was. */
        List<JobState> finish(long job);
    }
}
