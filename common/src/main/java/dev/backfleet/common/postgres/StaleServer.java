package dev.backfleet.common.postgres;

import com.zaxxer.hikari.SQLExceptionOverride;
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
        return READ_ONLY.equals(refusal.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
}
