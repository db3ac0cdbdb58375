package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.ColumnShape;
import dev.backfleet.coordinator.migration.step.TableShape;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The rule by which a reconcile finds a row of a migration wrong. In sync is a row whose new shape follows from the old one, and one whose
 * old shape follows from the new one: what was written in the new shape may say more than the old one can.
 */
public final class WrongRowRule {
    // Rows are compared byte by byte, so that types without an equality can be compared, and texts that a collation
    // takes as equal differ.
    private static final String DIFFERENT = "::record operator(pg_catalog.*<>) ";

    private WrongRowRule() {}

    /**
     * The rule; nothing if it is the usual one, which computes the new shape again.
     *
     * @param table the table, with the new columns
     */
    public static Optional<SqlExpression> of(Migration migration, TableShape table) {
        var own = migration.backfill().spec().different();
        if (own.isPresent() || migration.down().isEmpty()) {
            return own;
        }
        var up = new LinkedHashMap<Identifier, SqlExpression>();
        migration.to().forEach((column, is) -> up.put(column, is.up()));
        return Optional.of(SqlExpression.parse(differs(up, table) + "\nand " + differs(migration.down(), table)));
    }

    private static String differs(Map<Identifier, SqlExpression> expressions, TableShape table) {
        return row(expressions.keySet().stream().map(Identifier::quoted).toList())
                + DIFFERENT
                + row(expressions.entrySet().stream()
                        .map(entry -> "(" + entry.getValue().text() + "\n)::" + type(entry.getKey(), table))
                        .toList())
                + "::record";
    }

    private static String type(Identifier column, TableShape table) {
        return table.column(column)
                .map(ColumnShape::type)
                .orElseThrow(() -> new IllegalStateException("no column " + column + " in " + table.name()));
    }

    private static String row(Collection<String> values) {
        return values.stream().collect(Collectors.joining(", ", "row(", ")"));
    }
}
