package dev.backfleet.worker.execute;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.worker.shard.Failure;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Sends no statement while the database is known to be unreachable or read-only, and reports a lost connection, so that the
 * database is probed.
 */
public final class DatabaseGuard {
    private static final Failure UNAVAILABLE = new Failure(
            ErrorKind.TRANSIENT,
            "08004",
            "the database is unreachable or read-only; no statement is sent until a probe succeeds");

    private final Reachability reachability;
    private final Retry retry = Retry.of(
            "database",
            RetryConfig.custom()
                    .maxAttempts(4)
                    .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(100), 2.0, 0.5))
                    .retryOnException(DatabaseGuard::isAmbiguous)
                    .build());

    /**
     * For one database.
     *
     * @param reachability what is known of it, and where a lost connection is reported
     */
    public DatabaseGuard(Reachability reachability) {
        this.reachability = reachability;
    }

    /** Sends a statement once. */
    <T> T once(Supplier<T> statement) {
        if (reachability.isUnreachable()) {
            throw new RefusedException(UNAVAILABLE, null);
        }
        try {
            return statement.get();
        } catch (RefusedException e) {
            // A server that takes no writes may be one that the address no longer leads to.
            if (e.failure().kind() == ErrorKind.CONNECTION_LOST || e.failure().isReadOnly()) {
                reachability.lost();
            }
            throw e;
        }
    }

    /** Sends a statement that is safe to repeat: up to four times, with growing pauses. */
    <T> T repeatedly(Supplier<T> statement) {
        return Retry.decorateSupplier(retry, () -> once(statement)).get();
    }

    private static boolean isAmbiguous(Throwable e) {
        return e instanceof RefusedException refused
                && (refused.failure().kind() == ErrorKind.CONNECTION_LOST
                        || refused.failure().kind() == ErrorKind.TRANSIENT);
    }
}
