package dev.backfleet.coordinator.migration.plan;

import dev.backfleet.common.spec.Copy;
import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.ColumnShape;
import dev.backfleet.coordinator.migration.step.TableShape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a migration computes for each row, whether the new shape is in the same table or in another one.
 *
 * @param values by column of the table that gets them, in the order of the file
 * @param place the key of the file below which they are
 * @param suffix what follows the column in the key of one of them
 */
public record NewValueExpressions(Map<Identifier, SqlExpression> values, String place, String suffix) {

    /** Those of a migration. */
    public static NewValueExpressions of(Migration migration) {
        var up = new LinkedHashMap<Identifier, SqlExpression>();
        migration.to().forEach((name, column) -> up.put(name, column.up()));
        return migration
                .copy()
                .map(Copy::columns)
                .map(columns -> new NewValueExpressions(columns, CopyKeys.COLUMNS.path(), ""))
                .orElseGet(() -> new NewValueExpressions(up, "to", ".up"));
    }

    /** The key of the file that gives a column its value. */
    public String placeOf(Identifier column) {
        return place + "." + column + suffix;
    }

    /** Whether a column is not to have NULL, now or by an element of the file. */
    public static boolean isNotNull(Migration migration, TableShape table, Identifier column) {
        var others = migration.copy().isPresent();
        var target = others ? table.into() : Optional.of(table);
        return target.flatMap(shape -> shape.column(column))
                        .filter(ColumnShape::notNull)
                        .isPresent()
                || Stream.concat(migration.expand().stream(), migration.finish().stream())
                        .map(element -> others && element instanceof Element.Into into ? into.element() : element)
                        .anyMatch(element -> element instanceof Element.NotNull of
                                && of.column().equals(column));
    }
}
