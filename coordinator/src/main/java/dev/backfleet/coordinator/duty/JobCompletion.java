package dev.backfleet.coordinator.duty;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.telemetry.EventAction;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The duty of completing pauses and cancellations once no row can change any more, and of ending finished jobs. */
public final class JobCompletion {
    private static final Logger LOG = LoggerFactory.getLogger(JobCompletion.class);

    private final Jobs jobs;
    private final JobEndedListener listener;

    public JobCompletion(Jobs jobs, JobEndedListener listener) {
        this.jobs = jobs;
        this.listener = listener;
    }

    /** Moves every job that can be moved. */
    public void runOnce() {
        jobs.quiesceFleetIfPaused();
        jobs.quiesceHalted();
        for (var job : jobs.inState(JobState.PAUSING)) {
            moved(job, jobs.quiesce(job, JobState.PAUSED));
        }
        for (var job : jobs.inState(JobState.CANCELLING)) {
            moved(job, jobs.quiesce(job, JobState.CANCELLED));
        }
        for (var job : jobs.inState(JobState.RUNNING)) {
            moved(job, jobs.finish(job));
        }
    }

    private void moved(long job, List<JobState> to) {
        for (var state : to) {
            LOG.atInfo()
                    .addKeyValue("job", job)
                    .addKeyValue("state", state)
                    .addKeyValue("action", EventAction.JOB_STATE_CHANGED)
                    .log("job moved");
            if (state.isTerminal()) {
                forget(job);
            }
        }
    }

    // Control records that stay on the topic do no harm: no worker can claim a shard of a job that has ended.
    private void forget(long job) {
        try {
            listener.ended(job);
        } catch (RuntimeException e) {
            LOG.atInfo().addKeyValue("job", job).log("the job's control records stay on the topic");
        }
    }

    /** Is called when a job has ended, and removes its records from the control topic. */
    @FunctionalInterface
    public interface JobEndedListener {
        void ended(long job);
    }

    /** The jobs that can be paused, cancelled or ended. */
    public interface Jobs {
        List<Long> inState(JobState state);

        /** Revokes every shard of a job, then moves the job; returns the state to which it was moved, if it was. */
        List<JobState> quiesce(long job, JobState to);

        /** Revokes the shards of halted jobs. */
        void quiesceHalted();

        /** Revokes every shard of every job, if the desired state of the fleet is PAUSE. */
        void quiesceFleetIfPaused();

        /** Moves a job to SUCCEEDED or FAILED if no shard is open; returns that state, if it was moved. */
        List<JobState> finish(long job);
    }
}
