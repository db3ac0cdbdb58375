package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.common.telemetry.EventAction;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handles jobs whose stored values this release cannot read: they are skipped, and the other jobs are not affected. */
public final class UnreadableJobs {
    private static final Logger LOG = LoggerFactory.getLogger(UnreadableJobs.class);

    private UnreadableJobs() {}

    /** Skips a job; halts it with the reason if no release can read it. */
    public static void met(Handle handle, long job, UnreadableException why) {
        LOG.atWarn()
                .addKeyValue("job", job)
                .addKeyValue("why", why.getMessage())
                .addKeyValue("action", EventAction.JOB_UNREADABLE)
                .log("job skipped: this release cannot read it");
        if (!why.newer()) {
            new JobStore(handle).setStateIfIn(job, Set.of(JobState.RUNNING), JobState.HALTED, null, why.getMessage());
        }
    }
}
