package dev.backfleet.common.postgres;

import com.zaxxer.hikari.SQLExceptionOverride;
import dev.backfleet.common.error.SqlStates;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/**
 * Which connections the pool lets go though they work: those to a server that takes no writes. After a failover the next
 * one may lead to the server that does. And which it keeps though their SQLSTATE says to the pool that they are broken:
 * "feature not supported" is how PostgreSQL refuses a statement, and says nothing of the session.
 */
public final class StaleServer implements SQLExceptionOverride {
    private static final String READ_ONLY = "25006";

    private static final String UNSUPPORTED = "0A000";

    // A statement that was prepared before its table was altered: with another connection it is prepared anew.
    private static final String STALE_PLAN = "RevalidateCachedQuery";

    /** For the pool. */
    public StaleServer() {}

    @java.lang.Override
    public Override adjudicate(SQLException refusal) {
        if (isUnsupported(refusal)) {
            return Override.DO_NOT_EVICT;
        }
        var error = ServerErrors.ofRows(refusal);
        return switch (SqlStates.kind(error)) {
            // The pool takes some SQLSTATEs for the end of a connection; a function that raises one of them does not
            // end it.
            case REFUSED_ROW -> Override.DO_NOT_EVICT;
            case ENVIRONMENT -> READ_ONLY.equals(error.code()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
            default -> Override.CONTINUE_EVICT;
        };
    }

    private static boolean isUnsupported(SQLException refusal) {
        return UNSUPPORTED.equals(refusal.getSQLState())
                && refusal instanceof PSQLException error
                && error.getServerErrorMessage() != null
                && !STALE_PLAN.equals(error.getServerErrorMessage().getRoutine());
    }
}
