package dev.backfleet.worker.execute;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.error.SqlStateCodes;
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
 * Both ports to the database, behind a guard: sends no statement while the database is known to be unreachable or read-only,
 * and reports a lost connection, so that the database is probed.
 *
 * <p>Statements about a lease that have the same effect when they are repeated are repeated, up to four times with growing
 * pauses. A claim is not, since the first one may have won; nor is work on rows, which {@link ShardStateMachine} decides on.
 */
public final class GuardedDatabase implements ShardLeases, RangeWorker {
    private static final Failure UNAVAILABLE = new Failure(
            ErrorKind.TRANSIENT,
            SqlStateCodes.CONNECTION_REJECTED,
            "the database is unreachable or read-only; no statement is sent until a probe succeeds");

    private final ShardAccess database;
    private final Reachability reachability;
    private final Retry retry = Retry.of(
            "database",
            RetryConfig.custom()
                    .maxAttempts(4)
                    .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(100), 2.0, 0.5))
                    .retryOnException(GuardedDatabase::isAmbiguous)
                    .build());

    private GuardedDatabase(ShardAccess database, Reachability reachability) {
        this.database = database;
        this.reachability = reachability;
    }

    /**
     * Puts the guard around the ports.
     *
     * @param reachability what is known of the database, and where a lost connection is reported
     */
    public static ShardAccess around(ShardAccess database, Reachability reachability) {
        var guarded = new GuardedDatabase(database, reachability);
        return new ShardAccess(guarded, guarded);
    }

    @Override
    public Optional<Claim> claim(Task task) {
        return once(() -> database.leases().claim(task));
    }

    @Override
    public boolean renew(Claim claim) {
        return repeatedly(() -> database.leases().renew(claim));
    }

    @Override
    public ClaimStatus readBack(Claim claim) {
        return once(() -> database.leases().readBack(claim));
    }

    @Override
    public void giveBack(Claim claim, Duration delay) {
        repeatedly(() -> database.leases().giveBack(claim, delay));
    }

    @Override
    public void putBack(Claim claim, Duration delay, Failure failure) {
        repeatedly(() -> database.leases().putBack(claim, delay, failure));
    }

    @Override
    public void fail(Claim claim, Failure failure) {
        repeatedly(() -> database.leases().fail(claim, failure));
    }

    @Override
    public void pauseJob(Claim claim, Failure failure) {
        repeatedly(() -> database.leases().pauseJob(claim, failure));
    }

    @Override
    public void haltJob(Claim claim, Failure failure) {
        repeatedly(() -> database.leases().haltJob(claim, failure));
    }

    @Override
    public Reservation reserve(Claim claim, Step.Reserve request) {
        return once(() -> database.leases().reserve(claim, request));
    }

    @Override
    public void settle(Claim claim, double rows) {
        // Not repeated: charging twice would be worse than not at all.
        once(answering(() -> database.leases().settle(claim, rows)));
    }

    @Override
    public Optional<BatchResult> batch(Claim claim, Step.Batch batch) {
        return once(() -> database.ranges().batch(claim, batch));
    }

    @Override
    public Optional<QuarantineResult> quarantine(Claim claim, Step.Quarantine row) {
        return once(() -> database.ranges().quarantine(claim, row));
    }

    @Override
    public boolean reaches(Claim claim, String tenant) {
        return once(() -> database.ranges().reaches(claim, tenant));
    }

    private <T> T once(Supplier<T> statement) {
        if (reachability.isUnreachable()) {
            throw new StatementFailedException(UNAVAILABLE, null);
        }
        try {
            return statement.get();
        } catch (StatementFailedException e) {
            // A server that takes no writes may be one that the address no longer leads to.
            if (e.failure().kind() == ErrorKind.CONNECTION_LOST || e.failure().isReadOnly()) {
                reachability.lost();
            }
            throw e;
        }
    }

    private <T> T repeatedly(Supplier<T> statement) {
        return Retry.decorateSupplier(retry, () -> once(statement)).get();
    }

    private void repeatedly(Runnable statement) {
        repeatedly(answering(statement));
    }

    private static Supplier<Boolean> answering(Runnable statement) {
        return () -> {
            statement.run();
            return true;
        };
    }

    private static boolean isAmbiguous(Throwable e) {
        return e instanceof StatementFailedException refused
                && (refused.failure().kind() == ErrorKind.CONNECTION_LOST
                        || refused.failure().kind() == ErrorKind.TRANSIENT);
    }
}
