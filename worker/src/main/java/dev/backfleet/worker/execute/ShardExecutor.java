package dev.backfleet.worker.execute;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.worker.shard.Backoff;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.RunLimits;
import dev.backfleet.worker.shard.RunOutcome;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Drives the {@link ShardExecution} of a claim in the caller's thread. Shared by all slots of a worker. */
public final class ShardExecutor {
    private final ShardAccess database;
    private final ShardExecutions executions;
    private final Sleeper sleeper;

    /** Of one worker. */
    public ShardExecutor(
            ShardAccess database, RunLimits limits, Backoff backoff, Surroundings surroundings, WorkReports reports) {
        this.database = database;
        this.executions = new ShardExecutions(limits, backoff, surroundings, reports);
        this.sleeper = surroundings.sleeper();
    }

    /**
     * Works on a claimed shard until it is done, the time slice is over, or it has to stop.
     *
     * @throws InterruptedException if the thread is interrupted; the lease then expires
     */
    public RunOutcome run(Claim claim) throws InterruptedException {
        var execution = executions.begin(claim);
        while (execution.outcome().isEmpty()) {
            var wait = execution.step(this::ask);
            if (!wait.isZero()) {
                sleeper.sleep(wait);
            }
        }
        return execution.outcome().get();
    }

    private <T> void ask(Function<ShardAccess, T> question, Consumer<T> answered, Consumer<RefusedException> refused) {
        T answer;
        try {
            answer = question.apply(database);
        } catch (RefusedException e) {
            refused.accept(e);
            return;
        }
        answered.accept(answer);
    }

    /**
     * What an execution depends on, beside the database.
     *
     * @param control what control permits now
     * @param stopping whether the worker is shutting down
     * @param ticker the monotonic clock
     * @param sleeper how to wait
     */
    public record Surroundings(
            Supplier<ControlView> control, BooleanSupplier stopping, Ticker ticker, Sleeper sleeper) {

        /** With the process's clock. */
        public static Surroundings system(Supplier<ControlView> control, BooleanSupplier stopping) {
            return new Surroundings(control, stopping, Ticker.system(), Sleeper.system());
        }
    }

    /** How long to wait after the n-th failure in a row: from 50 ms, doubling with jitter, to at most 2 s. */
    public static Backoff jitteredBackoff() {
        var interval =
                IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(50), 2.0, 0.5, Duration.ofSeconds(2));
        return failures -> Duration.ofMillis(interval.apply(failures));
    }
}
