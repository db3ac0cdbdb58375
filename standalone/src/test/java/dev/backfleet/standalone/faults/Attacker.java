package dev.backfleet.standalone.faults;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/** A session of the application that changes rows just ahead of a checkpoint, from the last to the first. */
final class Attacker implements Callable<Attacker.Outcome> {
    private static final int ROWS_OF_A_TRANSACTION = 5;
    private static final int WINDOW = 1_000;
    // It takes its time with each row, as long as others can wait for what it holds.
    private static final String UPDATE =
            "update packages set src = src + 1 where id = ? and pg_sleep(0.0005) is not null";
    private static final String CHECKPOINT = "select coalesce(cursor[1]::bigint, 0) from backfleet.shard "
            + "where state = 'RUNNING' order by random() limit 1";

    private final String url;
    private final int rows;
    private final Random random;
    private final BooleanSupplier over;
    private final Map<String, Integer> errors = new TreeMap<>();
    private long transactions;
    private long writes;

    Attacker(String url, int rows, Random random, BooleanSupplier over) {
        this.url = url;
        this.rows = rows;
        this.random = random;
        this.over = over;
    }

    @Override
    public Outcome call() throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var checkpoint = connection.prepareStatement(CHECKPOINT);
                var update = connection.prepareStatement(UPDATE)) {
            try (var session = connection.createStatement()) {
                session.execute("set lock_timeout = '2s'");
            }
            connection.setAutoCommit(false);
            while (!over.getAsBoolean()) {
                attack(connection, checkpoint, update);
            }
        }
        return new Outcome(transactions, writes, errors);
    }

    private void attack(Connection connection, PreparedStatement checkpoint, PreparedStatement update)
            throws SQLException {
        try {
            var id = last(checkpoint);
            var written = 0;
            for (var i = 0; i < ROWS_OF_A_TRANSACTION && id > 0; i++) {
                update.setLong(1, id);
                written += update.executeUpdate();
                id -= 1 + random.nextInt(WINDOW / ROWS_OF_A_TRANSACTION);
            }
            connection.commit();
            transactions++;
            writes += written;
        } catch (SQLException e) {
            errors.merge(String.valueOf(e.getSQLState()), 1, Integer::sum);
            connection.rollback();
        }
    }

    private long last(PreparedStatement checkpoint) throws SQLException {
        try (var row = checkpoint.executeQuery()) {
            var start = row.next() ? row.getLong(1) : random.nextInt(rows);
            return Math.min(rows, start + 1 + random.nextInt(WINDOW));
        }
    }

    /**
     * The result.
     *
     * @param transactions how many were acknowledged
     * @param writes rows changed by them
     * @param errors how many were rejected, by SQLSTATE
     */
    record Outcome(long transactions, long writes, Map<String, Integer> errors) {}
}
