package dev.backfleet.coordinator.duty;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.telemetry.EventAction;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The duty of splitting new jobs into shards. */
public final class Planner {
    /** Names this duty in the status of a job for which it fails. */
    public static final String WHAT = "planning";

    private static final Logger LOG = LoggerFactory.getLogger(Planner.class);

    private final Plans plans;
    private final EachJob each;

    public Planner(Plans plans, EachJob each) {
        this.plans = plans;
        this.each = each;
    }

    /**
     * Plans every job in state PLANNING.
     *
     * @param planned is called after each plan
     */
    public void runOnce(Runnable planned) {
        for (var job : plans.waiting()) {
            each.run(job, () -> plans.plan(job), Optional.<Planned>empty()).ifPresent(result -> {
                log(job, result);
                planned.run();
            });
        }
    }

    private static void log(long job, Planned planned) {
        LOG.atInfo()
                .addKeyValue("job", job)
                .addKeyValue("shards", planned.shards())
                .addKeyValue("rows", planned.rows())
                .addKeyValue("state", planned.state())
                .addKeyValue("action", EventAction.JOB_PLANNED)
                .log("job planned");
    }

    /** Makes the plans of jobs. */
    public interface Plans {
        /** The jobs in state PLANNING, oldest first. */
        List<Long> waiting();

        /** Splits the job's tables into shards and starts the job, in one transaction; nothing if it is already planned. */
        Optional<Planned> plan(long job);
    }

    /**
     * The result of planning.
     *
     * @param rows estimated number of rows
     * @param shards number of shards that were stored
     * @param state the job's state now: RUNNING, PAUSED if an operator has paused it in the meantime, or HALTED
     */
    public record Planned(long rows, int shards, JobState state) {}
}
