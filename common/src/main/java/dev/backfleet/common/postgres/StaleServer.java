package dev.backfleet.common.postgres;

import com.zaxxer.hikari.SQLExceptionOverride;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.error.SqlStates;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/**
 * Tells the pool which connections to close after an error. It closes working connections to a read-only server: after
 * a failover the next connection may lead to the new primary. It keeps connections after "feature not supported", which
 * the pool would take for a broken connection: PostgreSQL rejects statements with that SQLSTATE, and the session is
 * intact.
 */
public final class StaleServer implements SQLExceptionOverride {
    // A statement that was prepared before its table was altered: another connection prepares it again.
    private static final String STALE_PLAN = "RevalidateCachedQuery";

    public StaleServer() {}

    @java.lang.Override
    public Override adjudicate(SQLException refusal) {
        if (isUnsupported(refusal)) {
            return Override.DO_NOT_EVICT;
        }
        var error = ServerErrors.ofRows(refusal);
        return switch (SqlStates.kind(error)) {
            // The pool takes some SQLSTATEs for a lost connection; a function that raises one of them does not end the
            // session.
            case REFUSED_ROW -> Override.DO_NOT_EVICT;
            case ENVIRONMENT ->
                SqlStateCodes.READ_ONLY.equals(error.code()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
            default -> Override.CONTINUE_EVICT;
        };
    }

    private static boolean isUnsupported(SQLException refusal) {
        return SqlStateCodes.NOT_SUPPORTED.equals(refusal.getSQLState())
                && refusal instanceof PSQLException error
                && error.getServerErrorMessage() != null
                && !STALE_PLAN.equals(error.getServerErrorMessage().getRoutine());
    }
}
