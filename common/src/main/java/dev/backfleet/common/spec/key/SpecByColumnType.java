package dev.backfleet.common.spec.key;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.unit.BadTextException;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A key whose value says something of each of some columns, in the order of the file; at least one.
 *
 * @param value what it says of a column
 * @param written how that may be written, for remedies
 * @param check which columns and values are valid, for the reference
 */
public record SpecByColumnType<T>(SpecType<T> value, String written, String check)
        implements SpecType<Map<Identifier, T>> {

    /** An SQL expression for each column. */
    public static SpecByColumnType<SqlExpression> expressions(String check) {
        return new SpecByColumnType<>(
                new SpecExpressionType(SpecExpressionType.Role.NEW_VALUE), "\"an SQL expression\"", check);
    }

    @Override
    public String description() {
        return "column: " + value.description();
    }

    @Override
    public Map<Identifier, T> read(SpecField field) {
        var values = new LinkedHashMap<Identifier, T>();
        var lines = new HashMap<Identifier, Integer>();
        field.group().entries().forEach((name, node) -> {
            var column = column(field, name, node);
            var entry = new SpecField(field.path() + "." + column, node, column + ": " + written, false, field.at());
            var first = lines.putIfAbsent(column, node.line());
            if (first != null) {
                throw entry.problem("is set twice, first in line " + first, "remove one of them");
            }
            values.put(column, value.read(entry));
        });
        if (values.isEmpty()) {
            throw field.noValue();
        }
        return Collections.unmodifiableMap(values);
    }

    private static Identifier column(SpecField field, String written, SpecNode node) {
        try {
            return Identifier.parse(written);
        } catch (BadTextException bad) {
            throw field.at().problemInLine(node.line(), field.path(), bad.what(), bad.remedy());
        }
    }
}
