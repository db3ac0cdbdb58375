package dev.backfleet.worker.execute;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.worker.execute.ShardRun.Limits;
import dev.backfleet.worker.execute.ShardRun.Situation;
import dev.backfleet.worker.execute.ShardStore.RefusedException;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what {@link ShardRun} decides, for one claim after another. Shared by all slots of a worker. */
public final class ShardRunner {
    private static final Logger LOG = LoggerFactory.getLogger(ShardRunner.class);

    // Long enough for whoever puts the wish into effect to carve the tenant out.
    private static final Step TENANT_PAUSED =
            new Step.End(new Ending.GiveBack(Ending.Why.STOPPED, Duration.ofSeconds(1)));

    private final ShardStore store;
    private final Limits limits;
    private final ShardRun.Backoff backoff;
    private final Surroundings around;
    private final WorkReports reports;
    private final Map<Long, BatchSizer> fitting = new ConcurrentHashMap<>();

    /** Creates the runner. */
    public ShardRunner(
            ShardStore store, Limits limits, ShardRun.Backoff backoff, Surroundings around, WorkReports reports) {
        this.store = store;
        this.limits = limits;
        this.backoff = backoff;
        this.around = around;
        this.reports = reports;
    }

    /**
     * Works on a claimed shard until it is done, the slice is over, or it has to stop.
     *
     * @throws InterruptedException if the thread is interrupted; the lease then ends by itself
     */
    public Ending run(Claim claim) throws InterruptedException {
        var job = claim.shard().job();
        var run = new ShardRun(
                claim, limits, sizer(claim), backoff, around.ticker().now());
        var report = reports.begin(claim);
        var tenants = new TenantWatch(store, claim);
        while (true) {
            var step = mustStop(tenants, claim) ? TENANT_PAUSED : run.next(situation(claim));
            if (step instanceof Step.End end) {
                fitting.put(job, run.sizer());
                pay(claim, run.owed());
                settle(claim, end.ending());
                report.ended(end.ending());
                return end.ending();
            }
            try {
                perform(step, claim, run, report);
            } catch (RefusedException e) {
                report.failed(e.failure());
                run.failed(e.failure(), around.ticker().now());
            }
        }
    }

    private boolean mustStop(TenantWatch tenants, Claim claim) {
        return claim.definition().tenantLed()
                && tenants.mustStop(
                        around.control().get().pausedTenants(claim.shard().job()));
    }

    private void perform(Step step, Claim claim, ShardRun run, WorkReports.Report report) throws InterruptedException {
        if (step instanceof Step.Batch batch) {
            batch(batch, claim, run, report);
        } else if (step instanceof Step.Reserve reserve) {
            run.reserved(reserve, store.reserve(claim, reserve), around.ticker().now());
        } else if (step instanceof Step.Wait wait) {
            around.sleeper().sleep(wait.duration());
        } else if (step instanceof Step.Renew) {
            renew(claim, run);
        } else if (step instanceof Step.ReadBack) {
            readBack(claim, run);
        }
    }

    private void batch(Step.Batch batch, Claim claim, ShardRun run, WorkReports.Report report) {
        var started = around.ticker().now();
        var result = store.batch(claim, batch);
        var took = around.ticker().now().minus(started);
        if (result.isEmpty()) {
            report.fenced();
            run.refused(around.ticker().now());
            return;
        }
        report.committed(result.get(), took);
        run.moved(result.get(), took, situation(claim));
    }

    private void renew(Claim claim, ShardRun run) {
        var before = around.ticker().now();
        if (store.renew(claim)) {
            run.renewed(before);
        } else {
            run.refused(before);
        }
    }

    private void readBack(Claim claim, ShardRun run) {
        var standing = store.readBack(claim);
        if (standing instanceof ShardStore.Standing.Held held) {
            run.confirmed(held.cursor());
        } else if (standing instanceof ShardStore.Standing.Changed changed) {
            run.failed(changed.failure(), around.ticker().now());
        } else {
            run.fenced();
        }
    }

    // A fleet that has died leaves no debts: less than a batch for each slot is at stake.
    private void pay(Claim claim, double rows) {
        if (rows != 0) {
            try {
                store.settle(claim, rows);
            } catch (RefusedException e) {
                LOG.atDebug()
                        .addKeyValue("job", claim.shard().job())
                        .addKeyValue("rows", rows)
                        .log("rows could not be settled");
            }
        }
    }

    // What cannot be told now, the end of the lease tells.
    private void settle(Claim claim, Ending ending) {
        try {
            if (ending instanceof Ending.GiveBack giveBack) {
                store.giveBack(claim, giveBack.delay());
            } else if (ending instanceof Ending.Fail fail) {
                store.fail(claim, fail.failure());
            } else if (ending instanceof Ending.PauseJob pause) {
                store.pauseJob(claim, pause.failure());
            } else if (ending instanceof Ending.HaltJob halt) {
                store.haltJob(claim, halt.failure());
            }
        } catch (RefusedException e) {
            LOG.atWarn()
                    .addKeyValue("job", claim.shard().job())
                    .addKeyValue("shard", claim.shard().number())
                    .addKeyValue("epoch", claim.epoch())
                    .addKeyValue("code", e.failure().code())
                    .log("the shard could not be given back; its lease will expire");
        }
    }

    private Situation situation(Claim claim) {
        return new Situation(
                around.ticker().now(),
                around.control().get().mayRun(claim.shard().job()),
                around.stopping().getAsBoolean());
    }

    private BatchSizer sizer(Claim claim) {
        var definition = claim.definition();
        return fitting.computeIfAbsent(
                claim.shard().job(), job -> BatchSizer.starting(definition.batchDuration(), definition.batchMaxRows()));
    }

    /**
     * What surrounds the work.
     *
     * @param control what may be done now
     * @param stopping whether the worker is shutting down
     * @param ticker the monotonic clock
     * @param sleeper how to wait
     */
    public record Surroundings(
            Supplier<ControlView> control, BooleanSupplier stopping, Ticker ticker, Sleeper sleeper) {

        /** With the process's own clock. */
        public static Surroundings system(Supplier<ControlView> control, BooleanSupplier stopping) {
            return new Surroundings(control, stopping, Ticker.system(), Sleeper.system());
        }
    }

    /** How long to wait after the n-th failure in a row: from 50 ms, doubling with jitter, to at most 2 s. */
    public static ShardRun.Backoff jitteredBackoff() {
        var interval =
                IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(50), 2.0, 0.5, Duration.ofSeconds(2));
        return failures -> Duration.ofMillis(interval.apply(failures));
    }
}
