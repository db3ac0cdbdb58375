package dev.backfleet.coordinator.postgres.trial;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.coordinator.forecast.TrialBatch;
import dev.backfleet.coordinator.forecast.TrialBatch.Kind;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A batch that was tried.
 *
 * @param walked how many rows it scanned
 * @param changed how many of them it changed
 * @param updated how many versions of rows it left behind in the table, those of triggers too
 * @param hot how many of these were HOT updates
 * @param took how long it took
 * @param code the SQLSTATE for which it failed; null if it succeeded
 * @param error the error in words, without values of rows; null if it succeeded
 */
record Attempt(
        long walked,
        long changed,
        long updated,
        long hot,
        Duration took,
        @Nullable String code,
        @Nullable String error) {

    // A wait for a lock, and a conflict with another transaction.
    private static final Set<String> BUSY =
            Set.of(SqlStateCodes.LOCK_NOT_AVAILABLE, SqlStateCodes.DEADLOCK, SqlStateCodes.SERIALIZATION_FAILURE);

    boolean failed() {
        return code != null;
    }

    boolean wasHeldUp() {
        return code != null && BUSY.contains(code);
    }

    TrialBatch as(Kind kind) {
        return new TrialBatch(kind, walked, changed, Math.min(changed, hot), took);
    }
}
