package dev.backfleet.worker.execute;

import dev.backfleet.worker.shard.Failure;
import org.jspecify.annotations.Nullable;

/** The database rejected a statement, or is unreachable. */
public final class StatementFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // never serialized
    private final Failure failure;

    /**
     * With the driver's exception as the cause.
     *
     * @param failure what the error means
     */
    public StatementFailedException(Failure failure, @Nullable Throwable cause) {
        super(failure.code() + ": " + failure.message(), cause);
        this.failure = failure;
    }

    /** What the error means. */
    public Failure failure() {
        return failure;
    }
}
