package dev.backfleet.coordinator.postgres.catalog;

import java.util.function.Supplier;
import org.jdbi.v3.core.JdbiException;

/**
 * Repeats a transaction that PostgreSQL aborted because of a deadlock or a serialization conflict. A transaction that has waited
 * for a lock as long as its session permits is not repeated: the command ends in time and says so, and a duty tries again.
 */
public final class ConflictRetry {
    private static final int ATTEMPTS = 5;

    private ConflictRetry() {}

    /** Runs the work, up to five times if it is aborted in favour of another transaction. */
    public static <T> T retried(Supplier<T> work) {
        for (var attempt = 1; ; attempt++) {
            try {
                return work.get();
            } catch (JdbiException e) {
                if (attempt == ATTEMPTS || !Refusal.isConflict(e)) {
                    throw e;
                }
            }
        }
    }
}
