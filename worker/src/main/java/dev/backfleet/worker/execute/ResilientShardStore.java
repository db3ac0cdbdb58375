package dev.backfleet.worker.execute;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Reservation;
import dev.backfleet.worker.shard.ShardStateMachine;
import dev.backfleet.worker.shard.Step;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A shard store that spares a database that is known to be away or read-only, says when a connection was lost, and says again what can
 * safely be said again. Batches are not repeated here: {@link ShardStateMachine} decides that.
 */
public final class ResilientShardStore implements ShardStore {
    private static final Failure AWAY = new Failure(
            ErrorKind.TRANSIENT,
            "08004",
            "the database is unreachable or read-only; not asked before a probe finds it available");

    private final ShardStore store;
    private final Reachability reachability;
    private final Retry retry = Retry.of(
            "database",
            RetryConfig.custom()
                    .maxAttempts(4)
                    .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(100), 2.0, 0.5))
                    .retryOnException(ResilientShardStore::worthRepeating)
                    .build());

    /** Wraps a store. */
    public ResilientShardStore(ShardStore store, Reachability reachability) {
        this.store = store;
        this.reachability = reachability;
    }

    @Override
    public Optional<Claim> claim(Task task) {
        return guarded(() -> store.claim(task));
    }

    @Override
    public Optional<BatchResult> batch(Claim claim, Step.Batch batch) {
        return guarded(() -> store.batch(claim, batch));
    }

    @Override
    public Optional<QuarantineResult> quarantine(Claim claim, Step.Quarantine row) {
        return guarded(() -> store.quarantine(claim, row));
    }

    @Override
    public Reservation reserve(Claim claim, Step.Reserve request) {
        return guarded(() -> store.reserve(claim, request));
    }

    @Override
    public void settle(Claim claim, double rows) {
        // Not repeated: paid twice would be worse than not at all.
        guarded(() -> {
            store.settle(claim, rows);
            return true;
        });
    }

    @Override
    public Standing readBack(Claim claim) {
        return guarded(() -> store.readBack(claim));
    }

    @Override
    public boolean reaches(Claim claim, String tenant) {
        return guarded(() -> store.reaches(claim, tenant));
    }

    @Override
    public boolean renew(Claim claim) {
        return repeated(() -> store.renew(claim));
    }

    @Override
    public void giveBack(Claim claim, Duration delay) {
        repeated(() -> store.giveBack(claim, delay));
    }

    @Override
    public void fail(Claim claim, Failure failure) {
        repeated(() -> store.fail(claim, failure));
    }

    @Override
    public void pauseJob(Claim claim, Failure failure) {
        repeated(() -> store.pauseJob(claim, failure));
    }

    @Override
    public void haltJob(Claim claim, Failure failure) {
        repeated(() -> store.haltJob(claim, failure));
    }

    private void repeated(Runnable work) {
        repeated(() -> {
            work.run();
            return true;
        });
    }

    private <T> T repeated(Supplier<T> work) {
        return Retry.decorateSupplier(retry, () -> guarded(work)).get();
    }

    private <T> T guarded(Supplier<T> work) {
        if (reachability.isUnreachable()) {
            throw new RefusedException(AWAY, null);
        }
        try {
            return work.get();
        } catch (RefusedException e) {
            // A server that takes no writes may be one that the address no longer leads to.
            if (e.failure().kind() == ErrorKind.CONNECTION_LOST || e.failure().isReadOnly()) {
                reachability.lost();
            }
            throw e;
        }
    }

    private static boolean worthRepeating(Throwable e) {
        return e instanceof RefusedException refused
                && (refused.failure().kind() == ErrorKind.CONNECTION_LOST
                        || refused.failure().kind() == ErrorKind.TRANSIENT);
    }
}
