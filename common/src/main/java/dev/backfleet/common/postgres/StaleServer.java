package dev.backfleet.common.postgres;

import com.zaxxer.hikari.SQLExceptionOverride;
import dev.backfleet.common.error.SqlStates;
import java.sql.SQLException;

/**
 * Which connections the pool lets go though they work: those to a server that takes no writes. After a failover the next
 * one may lead to the server that does.
 */
public final class StaleServer implements SQLExceptionOverride {
    private static final String READ_ONLY = "25006";

    /** For the pool. */
    public StaleServer() {}

    @java.lang.Override
    public Override adjudicate(SQLException refusal) {
        var error = ServerErrors.ofRows(refusal);
        return switch (SqlStates.kind(error)) {
            // The pool takes some SQLSTATEs for the end of a connection; a function that raises one of them does not end it.
            case REFUSED_ROW -> Override.DO_NOT_EVICT;
            case ENVIRONMENT -> READ_ONLY.equals(error.code()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
            default -> Override.CONTINUE_EVICT;
        };
    }
}
