package dev.backfleet.common.spec.key;

import dev.backfleet.common.sql.SqlExpression;

/**
 * A key whose value is an SQL expression over the row.
 *
 * @param takesNull whether a bare {@code null}, which YAML reads as no value, is SQL's NULL
 */
record SpecExpressionType(String check, boolean takesNull) implements SpecType<SqlExpression> {

    @Override
    public String description() {
        return "SQL expression";
    }

    @Override
    public SqlExpression read(SpecField field) {
        if (field.node() instanceof SpecNode.Scalar scalar && scalar.glued()) {
            throw field.problem(
                    "is cut off at \" #\", where YAML begins a comment",
                    "put the expression in quotes; if it is a comment, write a blank after #");
        }
        if (takesNull
                && field.node() instanceof SpecNode.Scalar scalar
                && scalar.text().equalsIgnoreCase("null")) {
            return SqlExpression.parse(scalar.text());
        }
        if (takesNull && field.node() instanceof SpecNode.Scalar scalar && scalar.isNull()) {
            throw field.problem("has no value", "write an SQL expression, or null for SQL's NULL");
        }
        return field.read(SqlExpression::parse);
    }
}
