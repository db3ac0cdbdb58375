package dev.backfleet.common.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** One connection that stays open between statements and is reopened after any failure. */
final class SingleConnection implements ConnectionFactory, SqlLogger {
    private final DataSource source;
    private @Nullable Connection current;
    private volatile boolean doubtful;

    /**
     * A connection that is not opened yet.
     *
     * @param source opens sessions
     */
    SingleConnection(DataSource source) {
        this.source = source;
    }

    @Override
    public synchronized Connection openConnection() throws SQLException {
        var open = current;
        if (open != null && !doubtful && !open.isClosed()) {
            return open;
        }
        close();
        var opened = source.getConnection();
        current = opened;
        return opened;
    }

    @Override
    public synchronized void closeConnection(Connection connection) {
        // The connection stays open for the next statement, unless this one failed.
        if (doubtful) {
            close();
        }
    }

    // After any error: after a failover the old server may be read-only, and a new connection leads to the new primary.
    @Override
    public void logException(StatementContext context, SQLException failure) {
        doubt();
    }

    /** Makes the next statement open another connection. May be called from any thread. */
    void doubt() {
        doubtful = true;
    }

    /** Closes the connection; the next statement opens another one. */
    synchronized void close() {
        var open = current;
        current = null;
        doubtful = false;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                // The connection is broken, which is why it is closed.
            }
        }
    }
}
