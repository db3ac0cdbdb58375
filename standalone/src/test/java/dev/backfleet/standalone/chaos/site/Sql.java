package dev.backfleet.standalone.chaos.site;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks PostgreSQL directly, past every proxy, and asks again while it is away. For use by one thread. */
public final class Sql implements AutoCloseable {
    private static final long TIMEOUT_NANOS = 240_000_000_000L;

    private final String url;
    private @Nullable Connection connection;

    public Sql(String url) {
        this.url = url;
    }

    public void run(String sql) throws SQLException {
        rows(sql);
    }

    public long number(String sql) throws SQLException {
        return Long.parseLong(rows(sql).get(0).get(0));
    }

    /** The first column of each row. */
    public List<String> texts(String sql) throws SQLException {
        return rows(sql).stream().map(row -> row.get(0)).toList();
    }

    /** All rows, each value as text; {@code null} as an empty one. */
    public List<List<String>> rows(String sql) throws SQLException {
        var end = System.nanoTime() + TIMEOUT_NANOS;
        while (true) {
            try {
                return ask(sql);
            } catch (SQLException e) {
                close();
                if (!isAway(e) || System.nanoTime() > end) {
                    throw e;
                }
                Rest.millis(20);
            }
        }
    }

    /** Whether it says that the server is away, or was for a moment. */
    public static boolean isAway(SQLException e) {
        var state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.startsWith("57P");
    }

    private List<List<String>> ask(String sql) throws SQLException {
        if (connection == null) {
            connection = DriverManager.getConnection(url);
        }
        try (var statement = connection.createStatement()) {
            var all = new ArrayList<List<String>>();
            if (statement.execute(sql)) {
                var result = statement.getResultSet();
                var columns = result.getMetaData().getColumnCount();
                while (result.next()) {
                    var row = new ArrayList<String>();
                    for (var i = 1; i <= columns; i++) {
                        var text = result.getString(i);
                        row.add(text == null ? "" : text);
                    }
                    all.add(row);
                }
            }
            return all;
        }
    }

    @Override
    public void close() {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                // It was broken, which is why it goes.
            }
            connection = null;
        }
    }
}
