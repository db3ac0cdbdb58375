package dev.backfleet.coordinator.postgres.ddl;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * An application that reads and changes rows of a table all the time. Each of its statements waits at most two seconds for a lock: if it
 * waits for longer, that is an error of the application.
 */
final class Traffic implements AutoCloseable {
    private static final String PATIENCE = "set lock_timeout = '2s'";

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger statements = new AtomicInteger();
    private final AtomicInteger errors = new AtomicInteger();
    private volatile boolean stopped;

    Traffic(String url, String... sql) {
        for (var statement : sql) {
            var thread = new Thread(() -> run(url, statement), "traffic");
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    int statements() {
        return statements.get();
    }

    /** Statements that waited for a lock for longer than the application does. */
    int errors() {
        return errors.get();
    }

    private void run(String url, String sql) {
        try (var connection = DriverManager.getConnection(url)) {
            execute(connection, PATIENCE);
            while (!stopped) {
                try {
                    execute(connection, sql);
                    statements.incrementAndGet();
                } catch (SQLException e) {
                    errors.incrementAndGet();
                }
                LockSupport.parkNanos(5_000_000);
            }
        } catch (SQLException e) {
            errors.addAndGet(1000);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        for (var thread : threads) {
            thread.join();
        }
    }
}
