package dev.backfleet.coordinator.postgres.ddl;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.ddl.DdlSession;
import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.ddl.TableLock;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** One change of definitions, in a session of PostgreSQL of its own. */
final class PostgresDdlSession implements DdlSession {
    private static final String ORDERED = """
            select name, mode from unnest(?, ?) u (name, mode) order by pg_catalog.to_regclass(name)::oid, mode
            """;

    // A transaction that waits between two requests must not be ended for it, whatever the settings of the role are.
    // Nor may its commit wait, with its locks, for a synchronous standby that is away. After a failover that lost it,
    // the check decides.
    private static final String WITHOUT_LIMITS = """
            select set_config(name, case name when 'synchronous_commit' then 'local' else '0' end, true) from pg_catalog.pg_settings
            where name in ('idle_in_transaction_session_timeout', 'transaction_timeout') or name = 'synchronous_commit' and setting <> 'off'
            """;

    private static final String ALONE =
            "select pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('backfleet.migration'), pg_catalog.to_regclass(?)::oid::int)";

    private final Database database;
    private final DdlChange change;
    private final Ticker ticker;
    private @Nullable Handle open;

    PostgresDdlSession(Database database, DdlChange change, Ticker ticker) {
        this.database = database;
        this.change = change;
        this.ticker = ticker;
    }

    @Override
    public List<LockHolder> holders(List<TableLock> locks) {
        return call(connection -> LockHolderStore.of(connection, locks));
    }

    @Override
    public boolean clear(List<TableLock> locks, Duration limit) {
        return call(connection -> {
            connection.setAutoCommit(false);
            execute(connection, WITHOUT_LIMITS);
            // As the session's user, who may see more of another session than the role.
            requireToBeAlone(connection);
            if (change.role().isPresent()) {
                execute(connection, "set local role " + change.role().get().quoted());
            }
            return request(connection, all(locks, LockMode.SHARE_UPDATE_EXCLUSIVE), limit);
        });
    }

    private void requireToBeAlone(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(ALONE)) {
            statement.setString(1, change.table());
            try (var row = statement.executeQuery()) {
                if (row.next() && !row.getBoolean(1)) {
                    throw OtherRunner.of(connection, change.table());
                }
            }
        }
    }

    @Override
    public boolean ask(List<TableLock> locks, Duration limit) {
        return call(connection -> request(connection, ordered(connection, locks), limit));
    }

    // lock_timeout counts for each relation anew, so that a table with partitions would wait for each of them.
    private boolean request(Connection connection, List<TableLock> locks, Duration limit) throws SQLException {
        var before = connection.setSavepoint();
        var end = ticker.now().plus(limit);
        try {
            for (var lock : locks) {
                var left = atLeastOneMillisecond(end.minus(ticker.now()));
                limit(connection, left, left);
                execute(
                        connection,
                        "lock table " + lock.table().quoted() + " in "
                                + lock.mode().sql() + " mode");
            }
            connection.releaseSavepoint(before);
            return true;
        } catch (SQLException e) {
            if (!isTimeout(e)) {
                throw e;
            }
            back(connection, before);
            return false;
        }
    }

    // Zero would mean: no limit.
    private static Duration atLeastOneMillisecond(Duration duration) {
        return duration.toMillis() < 1 ? Duration.ofMillis(1) : duration;
    }

    private static void back(Connection connection, Savepoint savepoint) throws SQLException {
        connection.rollback(savepoint);
        connection.releaseSavepoint(savepoint);
    }

    @Override
    public void execute() {
        call(connection -> {
            var began = ticker.now();
            if (change.limit().isPresent()) {
                // Also if this process stops between two statements: its locks are given back.
                execute(
                        connection,
                        "set local idle_in_transaction_session_timeout = "
                                + change.limit().get().toMillis());
            }
            for (var statement : change.statements()) {
                bound(connection, began);
                execute(connection, statement);
            }
            bound(connection, began);
            execute(connection, "reset role");
            change.journal().done(connection);
            connection.commit();
            connection.setAutoCommit(true);
            return true;
        });
    }

    @Override
    public void withdraw() {
        var handle = open;
        open = null;
        if (handle == null) {
            return;
        }
        try (handle) {
            var connection = handle.getConnection();
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            database.renew();
        }
    }

    // The statements together: the application is held up by the first lock until the commit.
    private void bound(Connection connection, Duration began) throws SQLException {
        if (change.limit().isEmpty()) {
            limit(connection, Duration.ZERO, Duration.ZERO);
            return;
        }
        var left = change.limit().get().minus(ticker.now().minus(began));
        if (left.toMillis() < 1) {
            throw new SQLException("the time for all statements is over", SqlStateCodes.CANCELLED);
        }
        limit(connection, left, left);
    }

    private <T> T call(Call<T> call) {
        try {
            var handle = open;
            if (handle == null) {
                handle = database.jdbi().open();
                open = handle;
            }
            return call.on(handle.getConnection());
        } catch (SQLException e) {
            throw failure(e);
        } catch (ConnectionException e) {
            throw e.getCause() instanceof SQLException sql ? failure(sql) : e;
        }
    }

    private RuntimeException failure(SQLException e) {
        return DdlFailures.of(e, change.limit());
    }

    private static boolean isTimeout(SQLException e) {
        return SqlStateCodes.LOCK_NOT_AVAILABLE.equals(e.getSQLState())
                || SqlStateCodes.CANCELLED.equals(e.getSQLState());
    }

    private static void limit(Connection connection, Duration statement, Duration lock) throws SQLException {
        execute(
                connection,
                "set local statement_timeout = " + statement.toMillis() + "; set local lock_timeout = "
                        + lock.toMillis());
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            // Without this the driver would take question marks and braces of the statement for its own.
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    private static List<TableLock> all(List<TableLock> locks, LockMode mode) {
        return locks.stream()
                .map(lock -> new TableLock(lock.table(), mode))
                .distinct()
                .toList();
    }

    // By OID, as the server itself would lock several tables; of two locks on a table the stronger one.
    private static List<TableLock> ordered(Connection connection, List<TableLock> locks) throws SQLException {
        var strongest = new LinkedHashMap<String, TableLock>();
        locks.forEach(lock -> strongest.merge(
                lock.table().quoted(), lock, (one, other) -> one.mode().compareTo(other.mode()) > 0 ? one : other));
        if (strongest.size() < 2) {
            return List.copyOf(strongest.values());
        }
        var names = strongest.keySet().toArray(String[]::new);
        var ordered = new ArrayList<TableLock>();
        try (var statement = connection.prepareStatement(ORDERED)) {
            statement.setArray(1, connection.createArrayOf("text", names));
            statement.setArray(2, connection.createArrayOf("text", names));
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    ordered.add(strongest.get(rows.getString("name")));
                }
            }
        }
        return ordered;
    }

    private interface Call<T> {
        T on(Connection connection) throws SQLException;
    }
}
