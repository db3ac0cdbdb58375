package dev.backfleet.coordinator.duty;

import dev.backfleet.common.error.EnvironmentFailure;
import dev.backfleet.common.telemetry.EventAction;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty of resuming jobs that paused themselves because of a failure in the environment, such as a full disk. It never
 * ends a pause that an operator asked for: then either no failure is stored with the job, or the operator's desired state is
 * stored, and the statement that resumes the job does not match.
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final SelfPausedJobs jobs;

    public Recovery(SelfPausedJobs jobs) {
        this.jobs = jobs;
    }

    /** Checks the jobs that are due. */
    public void runOnce() {
        RuntimeException first = null;
        for (var job : jobs.due()) {
            try {
                check(job);
            } catch (RuntimeException e) {
                // A job that cannot be checked does not keep the others paused.
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private void check(SelfPausedJob job) {
        if (!jobs.isOver(job)) {
            jobs.postponeIfSelfPaused(job);
        } else if (jobs.resumeIfSelfPaused(job)) {
            LOG.atInfo()
                    .addKeyValue("job", job.id())
                    .addKeyValue("failure", job.failure())
                    .addKeyValue("action", EventAction.JOB_RESUMED_ITSELF)
                    .log("job resumed: the failure for which it paused itself is over");
        }
    }

    /**
     * A job that paused itself.
     *
     * @param id the job's id
     * @param failure the failure for which it paused itself
     */
    public record SelfPausedJob(long id, EnvironmentFailure failure) {}

    /** The jobs that paused themselves. */
    public interface SelfPausedJobs {
        /** The jobs that are to be checked now. */
        List<SelfPausedJob> due();

        /** Whether the failure is over, as far as the leading coordinator can see. */
        boolean isOver(SelfPausedJob job);

        /** Resumes the job; whether it was resumed. */
        boolean resumeIfSelfPaused(SelfPausedJob job);

        /** Postpones the next check: each time to twice as late. */
        void postponeIfSelfPaused(SelfPausedJob job);
    }
}
