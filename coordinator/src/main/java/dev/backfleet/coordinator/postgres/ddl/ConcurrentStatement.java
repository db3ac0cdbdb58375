package dev.backfleet.coordinator.postgres.ddl;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jdbi.v3.core.ConnectionException;
import org.postgresql.PGConnection;

/**
 * Executes a statement that PostgreSQL does not allow in a transaction, such as CREATE INDEX CONCURRENTLY: without a time limit, since one
 * would leave an invalid index behind. It goes on in the server when this process is killed.
 */
final class ConcurrentStatement {
    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final String ALONE =
            "select pg_catalog.pg_try_advisory_lock(pg_catalog.hashtext('backfleet.migration'), pg_catalog.to_regclass(?)::oid::int)";
    private static final String NO_LONGER_ALONE =
            "select pg_catalog.pg_advisory_unlock(pg_catalog.hashtext('backfleet.migration'), pg_catalog.to_regclass(?)::oid::int)";

    private final Database database;
    private final StatementProgress progress;

    /**
     * A statement.
     *
     * @param database whose connections wait for an answer as long as it takes
     * @param beside for looks at the progress meanwhile
     */
    ConcurrentStatement(Database database, Database beside) {
        this.database = database;
        this.progress = new StatementProgress(beside);
    }

    /**
     * Executes it.
     *
     * @param table with its schema; locked against another runner
     * @param role who executes it; empty: the session's user
     * @param news is told how far it is, each second
     */
    void run(String table, Optional<Identifier> role, String sql, Consumer<String> news) {
        try (var handle = database.jdbi().open()) {
            run(handle.getConnection(), table, role, sql, news);
        } catch (SQLException e) {
            // With the session its lock is gone, and whatever was set in it.
            database.renew();
            throw DdlFailures.of(e, Optional.empty());
        } catch (ConnectionException e) {
            throw e.getCause() instanceof SQLException cause ? DdlFailures.of(cause, Optional.empty()) : e;
        }
    }

    private void run(Connection connection, String table, Optional<Identifier> role, String sql, Consumer<String> news)
            throws SQLException {
        if (!lock(connection, ALONE, table)) {
            throw OtherRunner.of(connection, table);
        }
        var looks = Executors.newSingleThreadScheduledExecutor(ConcurrentStatement::daemon);
        try {
            var pid = connection.unwrap(PGConnection.class).getBackendPID();
            var unused = looks.scheduleWithFixedDelay(
                    () -> progress.of(pid).ifPresent(news), LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
            // By itself: two processes that build an index take no less time from the application than one, but all at
            // once.
            execute(
                    connection,
                    "set lock_timeout = 0; set statement_timeout = 0; set max_parallel_maintenance_workers = 0");
            if (role.isPresent()) {
                execute(connection, "set role " + role.get().quoted());
            }
            execute(connection, sql);
            execute(connection, "reset role");
            lock(connection, NO_LONGER_ALONE, table);
        } finally {
            looks.shutdownNow();
        }
    }

    private static boolean lock(Connection connection, String how, String table) throws SQLException {
        try (var statement = connection.prepareStatement(how)) {
            statement.setString(1, table);
            try (var row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    private static Thread daemon(Runnable task) {
        var thread = new Thread(task, "statement-progress");
        thread.setDaemon(true);
        return thread;
    }
}
