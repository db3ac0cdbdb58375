package dev.backfleet.worker.execute;

import dev.backfleet.worker.execute.ShardRun.Limits;
import dev.backfleet.worker.execute.ShardRunner.Surroundings;

/** Begins the slices of one worker. They share what was learnt of the batch size that fits each job. */
public final class Slices {
    private static final int JOBS = 1_000;

    private final Limits limits;
    private final ShardRun.Backoff backoff;
    private final Surroundings around;
    private final WorkReports reports;
    private final RecentlyUsed<Long, BatchSizer> fitting = new RecentlyUsed<>(JOBS);

    /** Creates it. */
    public Slices(Limits limits, ShardRun.Backoff backoff, Surroundings around, WorkReports reports) {
        this.limits = limits;
        this.backoff = backoff;
        this.around = around;
        this.reports = reports;
    }

    /** Begins to work on a claimed shard; whoever asks for this takes the steps. */
    public Slice begin(Claim claim) {
        var run = new ShardRun(
                claim, limits, sizer(claim), backoff, around.ticker().now());
        return new Slice(
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
