package dev.backfleet.deploy.containers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** The database with the table that is backfilled, asked as its superuser or as a role. */
record TargetDatabase(int port, String name) {

    /** What the test's roles have as password. */
    static final String PASSWORD = "a password: with 'quotes' and blanks";

    /** Where the containers find it; they share the host's network. */
    String url() {
        return "postgresql://127.0.0.1:" + port + "/" + name;
    }

    /** Runs a file of the repository, or fails with what the server says. */
    void runFile(String file) {
        try {
            run(Files.readString(Images.file(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs statements as the superuser. */
    void run(String statements) {
        try {
            runAs("postgres", statements);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs statements as a role. */
    void runAs(String role, String statements) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:" + url(), role, PASSWORD);
                var statement = connection.createStatement()) {
            statement.execute(statements);
        }
    }

    /** The one number that a query of the superuser returns. */
    long number(String query) {
        try (var connection = DriverManager.getConnection("jdbc:" + url(), "postgres", "");
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The rows of a query of the superuser that returns two numbers, by the first. */
    Map<Long, Long> pairs(String query) {
        try (var connection = DriverManager.getConnection("jdbc:" + url(), "postgres", "");
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            var pairs = new HashMap<Long, Long>();
            while (rows.next()) {
                pairs.put(rows.getLong(1), rows.getLong(2));
            }
            return pairs;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
