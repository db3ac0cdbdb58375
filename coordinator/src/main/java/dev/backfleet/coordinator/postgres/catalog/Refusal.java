package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.error.SqlStateCodes;
import java.sql.SQLException;
import java.util.Set;

/** Interprets the SQLSTATE of a failed statement. */
public final class Refusal {
    // Not supported: the table was altered since the statement was prepared; a retry prepares it again.
    private static final Set<String> CONFLICTS =
            Set.of(SqlStateCodes.DEADLOCK, SqlStateCodes.SERIALIZATION_FAILURE, SqlStateCodes.NOT_SUPPORTED);

    private static final Set<String> TIMEOUTS = Set.of(SqlStateCodes.LOCK_NOT_AVAILABLE, SqlStateCodes.CANCELLED);

    private Refusal() {}

    /** Whether the statement was aborted in favour of another transaction, and can be retried at once. */
    public static boolean isConflict(Throwable e) {
        return CONFLICTS.contains(code(e));
    }

    /** The same, or it has waited for too long: for statements with time limits of their own, shorter than the session's. */
    public static boolean gaveWay(Throwable e) {
        return isConflict(e) || TIMEOUTS.contains(code(e));
    }

    /** Whether a table was dropped after the statement was written, such as a partition. */
    public static boolean isStale(Throwable e) {
        return code(e).equals(SqlStateCodes.NO_TABLE);
    }

    /** Whether a text is no value of the column's type. */
    public static boolean isNoValue(Throwable e) {
        return SqlStateCodes.isData(code(e));
    }

    /** Whether a unique value is already in use. */
    public static boolean isTaken(Throwable e) {
        return code(e).equals(SqlStateCodes.UNIQUE_VIOLATION);
    }

    /** The SQLSTATE; empty if the failure has none. */
    public static String code(Throwable e) {
        for (var cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException refused && refused.getSQLState() != null) {
                return refused.getSQLState();
            }
        }
        return "";
    }
}
