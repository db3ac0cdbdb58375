package dev.backfleet.coordinator.postgres.throttle;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Asks a query that a spec holds. It can change nothing and leave nothing behind in the session: its transaction is READ
 * ONLY and is always rolled back, and with it each setting that the query makes. PostgreSQL refuses to make a transaction
 * writable after its first query, and the first one is ours.
 */
final class ReadOnlyQuery {
    private static final String BEGIN = "begin isolation level read committed read only";

    // Pins the limits for what follows, whatever a session-wide setting says.
    private static final String FIRST = "select pg_catalog.set_config('statement_timeout', '1s', true), "
            + "pg_catalog.set_config('lock_timeout', '200ms', true)";

    // An advisory lock of the session outlives a rollback.
    private static final String LAST = "select pg_catalog.pg_advisory_unlock_all()";

    private ReadOnlyQuery() {}

    /**
     * The query's answer.
     *
     * @param begins is told when the query itself begins
     */
    static <T> T ask(Connection connection, String sql, Runnable begins, Reader<T> reader) throws SQLException {
        execute(connection, BEGIN);
        try {
            execute(connection, FIRST);
            begins.run();
            try (var statement = connection.prepareStatement(sql);
                    var rows = statement.executeQuery()) {
                return reader.read(rows);
            }
        } finally {
            execute(connection, "rollback");
            execute(connection, LAST);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Reads an answer. */
    interface Reader<T> {
        T read(ResultSet rows) throws SQLException;
    }
}
