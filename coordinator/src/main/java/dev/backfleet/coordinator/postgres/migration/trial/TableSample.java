package dev.backfleet.coordinator.postgres.migration.trial;

import dev.backfleet.common.error.SafeErrorMessage;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.postgres.ServerErrors;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.ColumnShape;
import dev.backfleet.coordinator.migration.step.TableShape;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which rows of a table a plan reads, with which limits, and how it names one of them. */
final class TableSample {
    private static final int BLOCKS = 32;
    private static final int MOST_ROWS = 5_000;
    private static final String LOCK_WAIT = "20ms";

    // Of each leaf; a table that was never analyzed is measured.
    private static final String PAGES = """
            select coalesce(sum(greatest(c.relpages, pg_catalog.pg_relation_size(c.oid) / 8192)), 0)
            from pg_catalog.pg_class c
            where c.oid = %1$d or c.oid in (select t.relid from pg_catalog.pg_partition_tree(%1$d::oid::regclass) t where t.isleaf)
            """;

    private final Migration migration;
    private final TableShape table;
    private final List<Identifier> key;

    TableSample(Migration migration, TableShape table, List<Identifier> key) {
        this.migration = migration;
        this.table = table;
        this.key = List.copyOf(key);
    }

    /** Sets the role and the limits of the transaction that reads it: it holds nobody up, and no statement takes longer than {@code hold}. */
    void limit(Statement statement) throws SQLException {
        if (migration.ddl().role().isPresent()) {
            statement.execute("set local role " + migration.ddl().role().get().quoted());
        }
        statement.execute("set local lock_timeout = '" + LOCK_WAIT + "'");
        statement.execute(
                "set local statement_timeout = " + migration.ddl().hold().toMillis());
    }

    /** The rows, as a query for the columns of the old shape and all others that are not new. */
    String rows(Statement statement) throws SQLException {
        return "select " + columns(table.name().name().quoted()) + " from "
                + table.name().quoted() + " as " + table.name().name().quoted()
                + String.format(Locale.ROOT, " tablesample system (%.6f) limit %d", percent(statement), MOST_ROWS);
    }

    private double percent(Statement statement) throws SQLException {
        try (var row = statement.executeQuery(PAGES.formatted(table.oid()))) {
            row.next();
            return Math.min(100, 100.0 * BLOCKS / Math.max(1, row.getLong(1)));
        }
    }

    /** The columns that are not new, of a row with this alias. */
    String columns(String alias) {
        return table.columns().stream()
                .map(ColumnShape::name)
                .filter(column -> !migration.to().containsKey(column))
                .map(column -> alias + "." + column.quoted())
                .collect(Collectors.joining(", "));
    }

    /** The key of a row with this alias as SQL, such as {@code id=7}; NULL if the table has none. */
    String key(String alias) {
        return key.isEmpty()
                ? "null::text"
                : key.stream()
                        .map(column -> "'" + column.toString().replace("'", "''") + "=' || " + alias + "."
                                + column.quoted() + "::text")
                        .collect(Collectors.joining(" || ', ' || "));
    }

    /** Why the rows could not be read, or an expression not be computed, as a clause without any value. */
    String words(SQLException e) {
        return SqlStateCodes.CANCELLED.equals(e.getSQLState())
                ? "it takes longer than hold (" + migration.ddl().hold().toMillis() + " ms)"
                : SafeErrorMessage.words(ServerErrors.ofRows(e), null);
    }
}
