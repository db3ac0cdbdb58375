package dev.backfleet.common.spec.key;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.unit.BadTextException;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** A key whose value maps columns to SQL expressions, in the order of the file. */
record SpecAssignmentsType() implements SpecType<Map<Identifier, SqlExpression>> {
    private static final SpecExpressionType EXPRESSION = new SpecExpressionType(SpecExpressionType.Role.NEW_VALUE);

    @Override
    public String description() {
        return "column: SQL expression";
    }

    @Override
    public String check() {
        return "at least one column; none of the key, not the tenant, not generated; each once";
    }

    @Override
    public Map<Identifier, SqlExpression> read(SpecField field) {
        var expressions = new LinkedHashMap<Identifier, SqlExpression>();
        var lines = new HashMap<Identifier, Integer>();
        field.group().entries().forEach((written, node) -> {
            var column = column(field, written, node);
            var entry = new SpecField(
                    SpecLocations.setColumn(column), node, column + ": \"an SQL expression\"", false, field.at());
            var first = lines.putIfAbsent(column, node.line());
            if (first != null) {
                throw entry.problem("is set twice, first in line " + first, "remove one of them");
            }
            expressions.put(column, EXPRESSION.read(entry));
        });
        if (expressions.isEmpty()) {
            throw field.noValue();
        }
        return Collections.unmodifiableMap(expressions);
    }

    private static Identifier column(SpecField field, String written, SpecNode node) {
        try {
            return Identifier.parse(written);
        } catch (BadTextException bad) {
            throw field.at().problemInLine(node.line(), field.path(), bad.what(), bad.remedy());
        }
    }
}
