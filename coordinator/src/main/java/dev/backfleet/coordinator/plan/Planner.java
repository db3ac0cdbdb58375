package dev.backfleet.coordinator.plan;

import dev.backfleet.common.job.JobState;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The duty of cutting new jobs into shards. */
public final class Planner {
    private static final Logger LOG = LoggerFactory.getLogger(Planner.class);

    private final Plans plans;

    /** Creates it. */
    public Planner(Plans plans) {
        this.plans = plans;
    }

    /**
     * Plans every job that waits for it.
     *
     * @param planned is called after each
     */
    public void runOnce(Runnable planned) {
        for (var job : plans.waiting()) {
            plans.plan(job).ifPresent(result -> {
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
