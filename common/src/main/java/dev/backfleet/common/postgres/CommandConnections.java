package dev.backfleet.common.postgres;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a command: almost always one, which stays open between statements. A second one that is needed at the same
 * time is closed when it is given back. A pool would take a third of the command's time to start, and would try for five
 * seconds to connect to a database that does not exist.
 */
final class CommandConnections implements ConnectionFactory {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final DataSource source;
    private final Ticker ticker;
    private final Sleeper sleeper;
    private @Nullable Connection idle;
    private boolean closed;

    CommandConnections(DataSource source, Ticker ticker, Sleeper sleeper) {
        this.source = source;
        this.ticker = ticker;
        this.sleeper = sleeper;
    }

    @Override
    public Connection openConnection() throws SQLException {
        var kept = takeIdle();
        return kept != null && !kept.isClosed() ? kept : connect();
    }

    // A server that is restarting, or has no free connection, may accept one a moment later. One that rejects the user,
    // the password or the database's name will not.
    private Connection connect() throws SQLException {
        var patience = ticker.now().plus(PATIENCE);
        while (true) {
            try {
                return source.getConnection();
            } catch (SQLException e) {
                if (ConnectionFailures.isRefusal(e) || ticker.now().compareTo(patience) >= 0) {
                    throw e;
                }
                pause(e);
            }
        }
    }

    private void pause(SQLException failure) throws SQLException {
        try {
            sleeper.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    private synchronized @Nullable Connection takeIdle() {
        var kept = idle;
        idle = null;
        return kept;
    }

    @Override
    public void closeConnection(Connection connection) throws SQLException {
        if (!keeps(connection)) {
            connection.close();
        }
    }

    // After a lost connection the driver has closed it.
    private synchronized boolean keeps(Connection connection) throws SQLException {
        if (closed || idle != null || connection.isClosed() || !connection.getAutoCommit()) {
            return false;
        }
        idle = connection;
        return true;
    }

    /** Closes the idle connection; the next statement opens another one. */
    void renew() {
        var kept = takeIdle();
        if (kept != null) {
            closeQuietly(kept);
        }
    }

    /** Closes a connection instead of keeping it. */
    static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // The connection is broken, which is why it is closed.
        }
    }

    void close() {
        synchronized (this) {
            closed = true;
        }
        renew();
    }
}
