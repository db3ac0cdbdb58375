package dev.backfleet.worker.execute;

import dev.backfleet.worker.execute.ShardExecutor.Surroundings;
import dev.backfleet.worker.shard.Backoff;
import dev.backfleet.worker.shard.BatchSizer;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.RunLimits;
import dev.backfleet.worker.shard.ShardStateMachine;

/** Begins the executions of one worker. They share the batch size that fits each job. */
public final class ShardExecutions {
    private static final int JOBS = 1_000;

    private final RunLimits limits;
    private final Backoff backoff;
    private final Surroundings surroundings;
    private final WorkReports reports;
    private final RecentlyUsed<Long, BatchSizer> fittingSizes = new RecentlyUsed<>(JOBS);

    /** Of one worker. */
    public ShardExecutions(RunLimits limits, Backoff backoff, Surroundings surroundings, WorkReports reports) {
        this.limits = limits;
        this.backoff = backoff;
        this.surroundings = surroundings;
        this.reports = reports;
    }

    /** Begins to work on a claimed shard; the caller performs the steps. */
    public ShardExecution begin(Claim claim) {
        var machine = new ShardStateMachine(
                claim, limits, sizer(claim), backoff, surroundings.ticker().now());
        return new ShardExecution(
                claim,
                machine,
                reports.begin(claim),
                surroundings,
                sizer -> fittingSizes.put(claim.shard().job(), sizer));
    }

    private BatchSizer sizer(Claim claim) {
        var definition = claim.definition();
        return fittingSizes.get(
                claim.shard().job(), job -> BatchSizer.starting(definition.batchDuration(), definition.batchMaxRows()));
    }
}
