package dev.backfleet.coordinator.duty;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.job.JobState;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The duty of cutting new jobs into shards. */
public final class Planner {
    /** What it does, in the status of a job for which it fails. */
    public static final String WHAT = "planning";

    private static final Logger LOG = LoggerFactory.getLogger(Planner.class);

    private final Plans plans;
    private final EachJob each;

    /** Creates it; a job that cannot be planned ends the round. */
    public Planner(Plans plans) {
        this(plans, EachJob.plainly(WHAT));
    }

    /** Creates it. */
    public Planner(Plans plans, Problems problems, Ticker ticker) {
        this(plans, new EachJob(WHAT, problems, ticker));
    }

    private Planner(Plans plans, EachJob each) {
        this.plans = plans;
        this.each = each;
    }

    /**
     * Plans every job that waits for it.
     *
     * @param planned is called after each
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
                .log("job planned");
    }

    /** The jobs that wait for a plan. */
    public interface Plans {
        /** The jobs in state PLANNING, oldest first. */
        List<Long> waiting();

        /** Cuts the job's tables into shards and lets it run, in one transaction; nothing if another did so already. */
        Optional<Planned> plan(long job);
    }

    /**
     * What planning gave.
     *
     * @param rows how many rows there are, estimated
     * @param shards how many shards were stored
     * @param state what the job is now: RUNNING, PAUSED if somebody asked for that meanwhile, or HALTED
     */
    public record Planned(long rows, int shards, JobState state) {}
}
