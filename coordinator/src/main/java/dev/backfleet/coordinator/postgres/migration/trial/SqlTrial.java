package dev.backfleet.coordinator.postgres.migration.trial;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.SessionSettings;
import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.SqlObservation;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.migration.step.TableStatement;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.postgresql.util.PSQLException;

/**
 * Tries a statement of a migration's author on an empty temporary copy of the table, in a transaction that is rolled back, and looks at
 * the locks that it took and at the file of the copy. The copy is created, and committed, before: in the transaction that creates it, it is
 * locked in the strongest mode anyway.
 *
 * <p>Meanwhile another session holds the real table in a mode that no statement of the application conflicts with, and every change of its
 * definition does: should the statement reach it, it fails after {@link #SHORT}, and the application has waited for as long at most.
 */
public final class SqlTrial {

    private static final String SHORT = "20ms";
    private static final String GUARD_WAIT = "2s";

    private static final String LOCKS = """
            select l.mode from pg_catalog.pg_locks l
            where l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation' and l.relation = %s::pg_catalog.regclass
            """;

    private static final String FILE =
            "select pg_catalog.pg_relation_filenode(%1$s::pg_catalog.regclass), pg_catalog.pg_stat_get_xact_numscans(%1$s::pg_catalog.regclass)";

    private final Migration migration;
    private final TableShape table;
    private final String copy;
    private final String literal;

    private SqlTrial(Migration migration, TableShape table) {
        this.migration = migration;
        this.table = table;
        this.copy = "pg_temp." + table.name().name().quoted();
        this.literal = "'" + copy.replace("'", "''") + "'";
    }

    /** What a statement does to a copy of the table that has the new columns. */
    public static SqlObservation of(Database database, Migration migration, TableShape table, Element.Sql element) {
        var trial = new SqlTrial(migration, table);
        try {
            var statement = TableStatement.on(element.apply(), table.name(), trial.copy);
            // Two sessions: Jdbi's withHandle would give this thread the first one again.
            try (var guard = database.jdbi().open();
                    var handle = database.jdbi().open()) {
                return trial.guarded(guard, handle, statement);
            }
        } catch (TableStatement.NotTriedException e) {
            return SqlObservation.untried(String.valueOf(e.getMessage()));
        }
    }

    private SqlObservation guarded(Handle guard, Handle handle, String tried) {
        guard.execute("start transaction read write");
        try (var statement = guard.getConnection().createStatement()) {
            role(statement, "set local role ");
            statement.execute("set local lock_timeout = '" + GUARD_WAIT + "'");
            statement.execute("lock table " + table.name().quoted() + " in share update exclusive mode");
            return onCopy(handle.getConnection(), tried);
        } catch (PSQLException e) {
            return SqlObservation.untried(
                    SqlStateCodes.LOCK_NOT_AVAILABLE.equals(e.getSQLState())
                            ? "another session is changing the definition of the table, or vacuums it"
                            : message(e));
        } catch (SQLException e) {
            throw new ConnectionException(e);
        } finally {
            guard.execute("rollback");
        }
    }

    private SqlObservation onCopy(Connection connection, String tried) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            role(statement, "set role ");
            try {
                create(statement);
                statement.execute("start transaction read write");
                try {
                    return observed(statement, tried);
                } finally {
                    statement.execute("rollback");
                    statement.execute("drop table if exists " + copy);
                }
            } finally {
                statement.execute("set role none");
            }
        }
    }

    private void create(Statement statement) throws SQLException {
        statement.execute("create temporary table " + table.name().name().quoted() + " (like "
                + table.name().quoted() + " including all)");
        for (var column : table.added(migration).entrySet()) {
            statement.execute(
                    "alter table " + copy + " add column " + column.getKey().quoted() + " " + column.getValue());
        }
    }

    private SqlObservation observed(Statement statement, String tried) throws SQLException {
        statement.execute("set local search_path = pg_temp, " + SessionSettings.SEARCH_PATH.replace(", pg_temp", ""));
        statement.execute("set local lock_timeout = '" + SHORT + "'");
        statement.execute(
                "set local statement_timeout = " + migration.ddl().hold().toMillis());
        var before = file(statement);
        try {
            statement.execute(tried);
        } catch (PSQLException e) {
            if (SqlStateCodes.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                return SqlObservation.untried(
                        "it reaches the table itself, where an empty copy cannot stand in for it");
            }
            return SqlObservation.untried(message(e));
        }
        var after = file(statement);
        return new SqlObservation(
                Optional.empty(), strongest(statement), before.node() != after.node(), after.scans() > before.scans());
    }

    private Optional<LockMode> strongest(Statement statement) throws SQLException {
        var modes = EnumSet.noneOf(LockMode.class);
        try (var rows = statement.executeQuery(LOCKS.formatted(literal))) {
            while (rows.next()) {
                var name = rows.getString(1);
                Stream.of(LockMode.values())
                        .filter(mode -> mode.catalogName().equals(name))
                        .forEach(modes::add);
            }
        }
        return modes.stream().max(Comparator.naturalOrder());
    }

    private File file(Statement statement) throws SQLException {
        try (var row = statement.executeQuery(FILE.formatted(literal))) {
            row.next();
            return new File(row.getLong(1), row.getLong(2));
        }
    }

    private void role(Statement statement, String set) throws SQLException {
        if (migration.ddl().role().isPresent()) {
            statement.execute(set + migration.ddl().role().get().quoted());
        }
    }

    private static String message(PSQLException e) {
        var server = e.getServerErrorMessage();
        return "on an empty copy of the table, PostgreSQL rejects it: "
                + (server == null ? String.valueOf(e.getMessage()) : server.getMessage());
    }

    private record File(long node, long scans) {}
}
