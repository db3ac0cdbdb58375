package dev.backfleet.common.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** One connection that stays open between statements, and is opened anew after any failure. */
final class SingleConnection implements ConnectionFactory, SqlLogger {
    private final DataSource source;
    private @Nullable Connection current;
    private volatile boolean doubtful;

    /**
     * Creates it, not yet connected.
     *
     * @param source opens sessions that are set up
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
        // It stays for the next statement, unless this one has failed.
        if (doubtful) {
            close();
        }
    }

    // Whatever it was: after a failover the old server may be read-only, and a new connection leads elsewhere.
    @Override
    public void logException(StatementContext context, SQLException failure) {
        doubt();
    }

    /** The next statement opens another connection. For any thread. */
    void doubt() {
        doubtful = true;
    }

    /** Closes it; the next statement opens another one. */
    synchronized void close() {
        var open = current;
        current = null;
        doubtful = false;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                // It was broken, which is why it goes.
            }
        }
    }
}
