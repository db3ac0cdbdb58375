package dev.backfleet.coordinator.postgres.catalog;

import java.util.function.Supplier;
import org.jdbi.v3.core.JdbiException;

/** Repeats a transaction that PostgreSQL ended so that another one could go on: a deadlock, or a conflict. */
public final class ConflictRetry {
    private static final int ATTEMPTS = 5;

    private ConflictRetry() {}

    /** Does the work; again, up to four times, if it was ended for the sake of another transaction. */
    public static <T> T retried(Supplier<T> work) {
        for (var attempt = 1; ; attempt++) {
            try {
                return work.get();
            } catch (JdbiException e) {
                if (attempt == ATTEMPTS || !Refusal.gaveWay(e)) {
                    throw e;
                }
            }
        }
    }
}
