package dev.backfleet.worker.execute;

import dev.backfleet.worker.execute.ShardExecutor.Surroundings;
import dev.backfleet.worker.shard.BatchSizer;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.ShardStateMachine;
import dev.backfleet.worker.shard.ShardStateMachine.Limits;

/** Begins the slices of one worker. They share what was learnt of the batch size that fits each job. */
public final class ShardExecutions {
    private static final int JOBS = 1_000;

    private final Limits limits;
    private final ShardStateMachine.Backoff backoff;
    private final Surroundings around;
    private final WorkReports reports;
    private final RecentlyUsed<Long, BatchSizer> fitting = new RecentlyUsed<>(JOBS);

    /** Creates it. */
    public ShardExecutions(Limits limits, ShardStateMachine.Backoff backoff, Surroundings around, WorkReports reports) {
        this.limits = limits;
        this.backoff = backoff;
        this.around = around;
        this.reports = reports;
    }

    /** Begins to work on a claimed shard; whoever asks for this takes the steps. */
    public ShardExecution begin(Claim claim) {
        var run = new ShardStateMachine(
                claim, limits, sizer(claim), backoff, around.ticker().now());
        return new ShardExecution(
                claim,
                run,
                reports.begin(claim),
                around,
                sizer -> fitting.put(claim.shard().job(), sizer));
    }

    private BatchSizer sizer(Claim claim) {
        var definition = claim.definition();
        return fitting.get(
                claim.shard().job(), job -> BatchSizer.starting(definition.batchDuration(), definition.batchMaxRows()));
    }
}
