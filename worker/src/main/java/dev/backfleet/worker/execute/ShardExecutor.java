package dev.backfleet.worker.execute;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.worker.shard.Backoff;
import dev.backfleet.worker.shard.BatchSizer;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.RunOutcome;
import dev.backfleet.worker.shard.RunSettings;
import dev.backfleet.worker.shard.ShardStateMachine;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Executes the {@link ShardRun}s of a worker, each in its caller's thread. They share the batch size that fits each job. */
public final class ShardExecutor {
    private static final int JOBS = 1_000;

    private final RunSettings settings;
    private final Backoff backoff;
    private final Context context;
    private final WorkReports reports;
    private final LruCache<Long, BatchSizer> fittingSizes = new LruCache<>(JOBS);

    /** Of one worker. */
    public ShardExecutor(RunSettings settings, Backoff backoff, Context context, WorkReports reports) {
        this.settings = settings;
        this.backoff = backoff;
        this.context = context;
        this.reports = reports;
    }

    /**
     * Works on a claimed shard until it is done, the time slice is over, or it has to stop.
     *
     * @throws InterruptedException if the thread is interrupted; the lease then expires
     */
    public RunOutcome run(Claim claim, ShardAccess database) throws InterruptedException {
        var run = begin(claim);
        while (run.outcome().isEmpty()) {
            var wait = run.step(new AtOnce(database));
            if (!wait.isZero()) {
                context.sleeper().sleep(wait);
            }
        }
        return run.outcome().get();
    }

    /** Begins to work on a claimed shard; the caller performs the steps. */
    public ShardRun begin(Claim claim) {
        var machine = new ShardStateMachine(
                claim, settings, sizer(claim), backoff, context.ticker().now());
        return new ShardRun(
                claim,
                machine,
                reports.begin(claim),
                context,
                sizer -> fittingSizes.put(claim.shard().job(), sizer));
    }

    private BatchSizer sizer(Claim claim) {
        return fittingSizes.get(claim.shard().job(), job -> BatchSizer.starting(claim.definition()));
    }

    /** Sends each request at once, and waits for its answer. */
    private record AtOnce(ShardAccess database) implements ShardRun.Requests {
        @Override
        public <T> void send(
                Function<ShardAccess, T> request, Consumer<T> answered, Consumer<StatementFailedException> failed) {
            T answer;
            try {
                answer = request.apply(database);
            } catch (StatementFailedException e) {
                failed.accept(e);
                return;
            }
            answered.accept(answer);
        }
    }

    /**
     * What a run depends on, beside the database.
     *
     * @param control what control permits now
     * @param stopping whether the worker is shutting down
     * @param ticker the monotonic clock
     * @param sleeper how to wait
     */
    public record Context(Supplier<ControlView> control, BooleanSupplier stopping, Ticker ticker, Sleeper sleeper) {

        /** With the process's clock. */
        public static Context system(Supplier<ControlView> control, BooleanSupplier stopping) {
            return new Context(control, stopping, Ticker.system(), Sleeper.system());
        }
    }

    /** How long to wait after the n-th failure in a row: from 50 ms, doubling with jitter, to at most 2 s. */
    public static Backoff jitteredBackoff() {
        var interval =
                IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(50), 2.0, 0.5, Duration.ofSeconds(2));
        return failures -> Duration.ofMillis(interval.apply(failures));
    }
}
