package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.live.OpenLoop;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** One connection of the application: reads a row by its key and writes both shapes of it, in one transaction. */
final class ApplicationSession implements OpenLoop.Session, AutoCloseable {
    private static final String READ = "select full_name, first_name, last_name from customers where id = ?";
    private static final String WRITE = """
            update customers
            set writes = writes + 1, full_name = 'Given' || (writes + 1) || ' Family' || id,
                first_name = 'Given' || (writes + 1), last_name = 'Family' || id
            where id = ?
            """;

    private final Sql sql;
    private final PreparedStatement read;
    private final PreparedStatement write;
    private final LiveTable table;
    private final Window window;
    private final RandomGenerator random;

    ApplicationSession(String url, LiveTable table, Window window, RandomGenerator random) throws SQLException {
        this.sql = Sql.connect(url);
        sql.connection().setAutoCommit(false);
        this.read = sql.connection().prepareStatement(READ);
        this.write = sql.connection().prepareStatement(WRITE);
        this.table = table;
        this.window = window;
        this.random = random;
    }

    /** Every other transaction is aimed at the backfill. */
    @Override
    public Optional<String> transact(long number) {
        var id = number % 2 == 0 ? window.anywhere(random) : window.near(random);
        try {
            transact(sql.connection(), id);
            table.acknowledge(id);
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(rollBack(e));
        }
    }

    private void transact(Connection connection, long id) throws SQLException {
        read.setLong(1, id);
        try (var rows = read.executeQuery()) {
            if (!rows.next()) {
                throw new SQLException("row " + id + " is gone", "02000");
            }
        }
        write.setLong(1, id);
        write.executeUpdate();
        connection.commit();
    }

    private String rollBack(SQLException failure) {
        try {
            sql.connection().rollback();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
        return Objects.requireNonNullElse(failure.getSQLState(), "none");
    }

    @Override
    public void close() throws SQLException {
        sql.close();
    }
}
