package dev.backfleet.benchmark.postgres.migration;

import dev.backfleet.benchmark.live.OpenLoop;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

/** One connection of the application: reads a row by its key, and every other time writes one. */
final class Reader implements OpenLoop.Session, AutoCloseable {
    private final Connection connection;
    private final PreparedStatement read;
    private final PreparedStatement write;
    private final SplittableRandom random;
    private final long rows;

    Reader(String url, long rows, long seed) throws SQLException {
        this.connection = DriverManager.getConnection(url);
        this.read = connection.prepareStatement("select full_name, visits from altered where id = ?");
        this.write = connection.prepareStatement("update altered set visits = visits + 1 where id = ?");
        this.random = new SplittableRandom(seed);
        this.rows = rows;
    }

    @Override
    public Optional<String> transact(long number) {
        var id = 1 + random.nextLong(rows);
        try {
            if (number % 2 == 0) {
                read.setLong(1, id);
                try (var row = read.executeQuery()) {
                    row.next();
                }
            } else {
                write.setLong(1, id);
                write.executeUpdate();
            }
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(Objects.requireNonNullElse(e.getSQLState(), "none"));
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
