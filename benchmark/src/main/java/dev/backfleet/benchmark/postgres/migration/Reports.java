package dev.backfleet.benchmark.postgres.migration;

import java.sql.DriverManager;
import java.sql.SQLException;

/** Reports of the application: transactions that read the table and stay open, one after the other, with a break between two. */
final class Reports implements AutoCloseable {
    private static final String OPEN =
            "begin; select count(*) from altered where id < 10; select pg_sleep(8); commit; select pg_sleep(3)";

    private final Thread thread;
    private volatile boolean ended;

    Reports(String url) {
        this.thread = new Thread(() -> run(url), "reports");
        thread.setDaemon(true);
        thread.start();
    }

    private void run(String url) {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            while (!ended) {
                statement.execute(OPEN);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        ended = true;
        thread.join();
    }
}
