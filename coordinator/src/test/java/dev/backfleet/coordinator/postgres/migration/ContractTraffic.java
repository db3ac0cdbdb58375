package dev.backfleet.coordinator.postgres.migration;

import static org.awaitility.Awaitility.await;

import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** An application that reads and writes the new shape only, over prepared statements; a statement that fails ends it, and the test. */
final class ContractTraffic implements AutoCloseable {
    private final AtomicLong done = new AtomicLong();
    private final AtomicReference<SQLException> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean stop;

    ContractTraffic(TestDatabase db, String table, String column) {
        thread = new Thread(() -> run(db, table, column), "application");
        thread.start();
        awaitMore();
    }

    private void run(TestDatabase db, String table, String column) {
        try (var connection = db.connect();
                var read = connection.prepareStatement("select " + column + " from " + table + " where id = ?");
                var write = connection.prepareStatement(
                        "update " + table + " set " + column + " = 'n' || ? where id = ?")) {
            for (var i = 0; !stop; i++) {
                var row = 20 + i % 50;
                write.setInt(1, i);
                write.setInt(2, row);
                write.executeUpdate();
                read.setInt(1, row);
                read.executeQuery().close();
                done.incrementAndGet();
            }
        } catch (SQLException e) {
            failure.set(e);
        }
    }

    /** Waits until it has gone on for a while. */
    void awaitMore() {
        var before = done.get();
        await().atMost(Duration.ofSeconds(30)).until(() -> failure.get() != null || done.get() > before + 20);
        if (failure.get() != null) {
            throw new AssertionError("the application has failed", failure.get());
        }
    }

    @Override
    public void close() throws InterruptedException {
        stop = true;
        thread.join();
    }
}
