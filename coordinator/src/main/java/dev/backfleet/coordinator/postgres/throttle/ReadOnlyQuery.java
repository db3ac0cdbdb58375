package dev.backfleet.coordinator.postgres.throttle;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Runs a query of a spec. The query can change no data and no setting of the session: its transaction is READ ONLY and is always
 * rolled back. A transaction cannot be made writable after its first query, and the first query is ours.
 */
public final class ReadOnlyQuery {
    private static final String BEGIN = "begin isolation level read committed read only";

    // Sets the timeouts for what follows, independent of the settings of the session.
    private static final String FIRST = "select pg_catalog.set_config('statement_timeout', '1s', true), "
            + "pg_catalog.set_config('lock_timeout', '200ms', true)";

    // A session-level advisory lock is kept after a rollback.
    private static final String LAST = "select pg_catalog.pg_advisory_unlock_all()";

    private ReadOnlyQuery() {}

    /**
     * Runs a query and returns what {@code read} makes of its result.
     *
     * @param begins is called when the query itself begins
     */
    public static <T> T ask(Connection connection, String sql, Runnable begins, Reader<T> reader) throws SQLException {
        execute(connection, BEGIN);
        T answer;
        try {
            execute(connection, FIRST);
            begins.run();
            try (var statement = connection.prepareStatement(sql);
                    var rows = statement.executeQuery()) {
                answer = reader.read(rows);
            }
        } catch (SQLException | RuntimeException e) {
            // After some errors the pool has closed the session: what the query met is what counts.
            try {
                end(connection);
            } catch (SQLException closed) {
                e.addSuppressed(closed);
            }
            throw e;
        }
        end(connection);
        return answer;
    }

    private static void end(Connection connection) throws SQLException {
        execute(connection, "rollback");
        execute(connection, LAST);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Reads a result. */
    public interface Reader<T> {
        T read(ResultSet rows) throws SQLException;
    }
}
