package dev.backfleet.coordinator.postgres.migration.trial;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.plan.MigrationLook.Misfit;
import dev.backfleet.coordinator.migration.plan.MigrationLook.NewValues;
import dev.backfleet.coordinator.migration.plan.NewValueExpressions;
import dev.backfleet.coordinator.migration.step.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/**
 * Computes the new values of some rows, or those of their copies, and assigns them to columns of their types, as the job would: an explicit cast would cut a text that
 * is too long. The rows are copied into a temporary table; from then on the transaction, which is rolled back, is read-only. Of each column, the
 * first row whose value cannot be computed or stored is searched for by halving.
 */
public final class NewValueSample {
    private static final String SAMPLE = """
            create temporary table backfleet_sample as
            select pg_catalog.row_number() over () as backfleet_number, %s as backfleet_key, %s from (%s) as %s
            """;

    // Without constraints: what a column is not to have is looked for by itself.
    private static final String TARGET = "create temporary table backfleet_new as select %s from %s where false";

    private static final String ASSIGN = """
            insert into pg_temp.backfleet_new (%s) select (%s
            ) from pg_temp.backfleet_sample as %s where backfleet_number between %d and %d
            """;

    private static final String NULLS = """
            select count(*), min(backfleet_key) from pg_temp.backfleet_sample as %s where (%s
            ) is null
            """;

    private final Migration migration;
    private final TableShape table;
    private final NewValueExpressions expressions;
    private final TableSample sample;
    private final String name;

    public NewValueSample(Migration migration, TableShape table, List<Identifier> key) {
        this.migration = migration;
        this.table = table;
        this.expressions = NewValueExpressions.of(migration);
        this.sample = new TableSample(migration, table, key);
        this.name = table.name().name().quoted();
    }

    /** Takes it. */
    public NewValues taken(Database database) {
        return database.read(connection -> {
            try (var statement = connection.createStatement()) {
                statement.setEscapeProcessing(false);
                statement.execute("start transaction read write");
                try {
                    return taken(connection, statement);
                } finally {
                    // An expression that writes ends the connection: such an error is also that of a server that is a
                    // standby.
                    if (!connection.isClosed()) {
                        statement.execute("rollback");
                    }
                }
            }
        });
    }

    private NewValues taken(Connection connection, Statement statement) throws SQLException {
        try {
            sample.limit(statement);
            var rows = prepared(connection, statement);
            statement.execute("set transaction read only");
            var misfits = new ArrayList<Misfit>();
            for (var column : expressions.values().keySet()) {
                misfit(statement, column, rows).ifPresent(misfits::add);
            }
            return new NewValues(rows, misfits, Optional.empty());
        } catch (SQLException e) {
            if (connection.isClosed() && !SqlStateCodes.READ_ONLY.equals(e.getSQLState())) {
                throw e;
            }
            return new NewValues(0, List.of(), Optional.of(sample.words(e)));
        }
    }

    private long prepared(Connection connection, Statement statement) throws SQLException {
        statement.execute(SAMPLE.formatted(sample.key(name), sample.columns(name), sample.rows(statement), name));
        statement.execute(TARGET.formatted(
                expressions.values().keySet().stream().map(Identifier::quoted).collect(Collectors.joining(", ")),
                target(connection)));
        try (var row = statement.executeQuery("select count(*) from pg_temp.backfleet_sample")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** The table whose columns have the types of the values. */
    private String target(Connection connection) throws SQLException {
        var into = table.into();
        if (migration.copy().isPresent() && into.isPresent()) {
            return into.get().name().quoted();
        }
        ExpandedClone.of(connection, migration, table);
        return "pg_temp." + name;
    }

    private Optional<Misfit> misfit(Statement statement, Identifier column, long rows) throws SQLException {
        if (rejection(statement, column, 1, rows).isEmpty()) {
            return NewValueExpressions.isNotNull(migration, table, column)
                    ? nulls(statement, column)
                    : Optional.empty();
        }
        var first = 1L;
        var last = rows;
        while (first < last) {
            var middle = first + (last - first) / 2;
            if (rejection(statement, column, first, middle).isPresent()) {
                last = middle;
            } else {
                first = middle + 1;
            }
        }
        var why = rejection(statement, column, first, first);
        return why.isEmpty() ? Optional.empty() : Optional.of(new Misfit(column, why.get(), key(statement, first)));
    }

    private Optional<String> rejection(Statement statement, Identifier column, long first, long last)
            throws SQLException {
        statement.execute("savepoint backfleet_attempt");
        try {
            statement.execute(ASSIGN.formatted(column.quoted(), up(column), name, first, last));
            statement.execute("release savepoint backfleet_attempt");
            return Optional.empty();
        } catch (PSQLException e) {
            if (statement.getConnection().isClosed()
                    || e.getServerErrorMessage() == null
                    || SqlStateCodes.CANCELLED.equals(e.getSQLState())) {
                throw e;
            }
            statement.execute("rollback to savepoint backfleet_attempt");
            return Optional.of(sample.words(e));
        }
    }

    private Optional<Misfit> nulls(Statement statement, Identifier column) throws SQLException {
        try (var row = statement.executeQuery(NULLS.formatted(name, up(column)))) {
            row.next();
            return row.getLong(1) == 0
                    ? Optional.empty()
                    : Optional.of(new Misfit(
                            column, "it gives NULL, and the column is to be NOT NULL", text(row.getString(2))));
        }
    }

    private String key(Statement statement, long number) throws SQLException {
        try (var row = statement.executeQuery(
                "select backfleet_key from pg_temp.backfleet_sample where backfleet_number = " + number)) {
            row.next();
            return text(row.getString(1));
        }
    }

    private static String text(@Nullable String key) {
        return key == null ? "" : key;
    }

    private String up(Identifier column) {
        return Optional.ofNullable(expressions.values().get(column))
                .orElseThrow()
                .text();
    }
}
