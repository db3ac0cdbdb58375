package dev.backfleet.benchmark.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** One session, without a pool, since what is measured is the server. */
public final class Sql implements AutoCloseable {
    private final Connection connection;

    private Sql(Connection connection) {
        this.connection = connection;
    }

    /** Connects. */
    public static Sql connect(String url) throws SQLException {
        return new Sql(DriverManager.getConnection(url));
    }

    /** Executes a text. */
    public void run(String text) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    /** The one row of a query. */
    public <T> T row(String text, Reader<T> reader) throws SQLException {
        try (Statement statement = connection.createStatement();
                var rows = statement.executeQuery(text)) {
            if (!rows.next()) {
                throw new SQLException("no row from: " + text);
            }
            return reader.read(rows);
        }
    }

    /** The one number of a query. */
    public long number(String text) throws SQLException {
        return row(text, row -> row.getLong(1));
    }

    Connection connection() {
        return connection;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** Reads a row. */
    public interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }
}
