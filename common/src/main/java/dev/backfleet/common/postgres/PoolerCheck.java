package dev.backfleet.common.postgres;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.jdbi.v3.core.ConnectionException;
import org.postgresql.Driver;
import org.postgresql.PGConnection;

/**
 * Checks whether a connection pooler in front of the server assigns a session per transaction, as PgBouncer does in
 * transaction and statement mode: fences, locks and session settings would be shared with other clients.
 *
 * <p>The check asks two connections alternately for their server process, and changes nothing in any session. A pooler
 * reports a process id that differs from the server's. The order of the requests reveals a pooler that assigns a
 * session per transaction, whether it assigns the session that was returned last, or each in turn.
 */
public final class PoolerCheck {
    private static final int ROUNDS = 4;
    private static final String PROCESS = "select pg_catalog.pg_backend_pid()";

    private PoolerCheck() {}

    /**
     * Checks that each connection keeps its session.
     *
     * @throws ExplainedFailure {@link Kind#UNUSABLE} if it does not
     * @throws ConnectionException if the database cannot be reached
     */
    public static void refuse(DatabaseSettings settings) {
        try (var one = connect(settings)) {
            var told = one.unwrap(PGConnection.class).getBackendPID();
            if (told != process(one) && isShared(settings, one)) {
                throw new ExplainedFailure(
                        Kind.UNUSABLE,
                        settings.url()
                                + " leads to a connection pooler, such as PgBouncer, that assigns another session to each"
                                + " transaction (pool_mode transaction or statement)",
                        "let BACKFLEET_DATABASE_URL point to PostgreSQL itself, or to a database of the pooler with"
                                + " pool_mode = session");
            }
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private static boolean isShared(DatabaseSettings settings, Connection one) throws SQLException {
        var first = process(one);
        try (var two = connect(settings)) {
            var second = process(two);
            for (var round = 0; round < ROUNDS; round++) {
                if (first == second || differs(one, first, two, second) || differs(two, second, one, first)) {
                    return true;
                }
            }
            return false;
        }
    }

    // While one connection is in a transaction, the other one cannot be given the same session.
    private static boolean differs(Connection holding, int held, Connection asking, int own) throws SQLException {
        try (var statement = holding.createStatement()) {
            statement.execute("begin");
            var differs = process(holding) != held || process(asking) != own || process(asking) != own;
            statement.execute("commit");
            return differs || process(asking) != own || process(holding) != held;
        } catch (SQLException e) {
            // PgBouncer allows no transaction in statement mode.
            if (String.valueOf(e.getMessage()).contains("statement pooling mode")) {
                return true;
            }
            throw e;
        }
    }

    private static int process(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(PROCESS)) {
            row.next();
            return row.getInt(1);
        }
    }

    // Named statements would be shared with other clients, too.
    private static Connection connect(DatabaseSettings settings) throws SQLException {
        var properties = new Properties();
        properties.putAll(settings.driverProperties());
        properties.setProperty("ApplicationName", "backfleet-start");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("socketTimeout", "8");
        var connection = new Driver().connect(settings.url(), properties);
        if (connection == null) {
            throw new SQLException("not a PostgreSQL URL: " + settings.url(), SqlStateCodes.UNABLE_TO_CONNECT);
        }
        return connection;
    }
}
