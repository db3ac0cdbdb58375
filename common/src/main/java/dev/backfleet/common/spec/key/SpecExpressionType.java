package dev.backfleet.common.spec.key;

import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.unit.BadTextException;
import java.util.regex.Pattern;

/**
 * A key whose value is an SQL expression over the row.
 *
 * @param role whether it is the new value of a column or the condition on rows
 */
public record SpecExpressionType(Role role) implements SpecType<SqlExpression> {
    // WHERE is reserved: no condition begins with it.
    private static final Pattern WHERE = Pattern.compile("(?is)\\s*where\\b.*");

    /** What an expression is for. */
    public enum Role {
        /** The new value of a column: a bare {@code null}, which YAML reads as no value, is SQL's NULL. */
        NEW_VALUE,
        /** The condition on rows that still need the change. */
        CONDITION
    }

    @Override
    public String description() {
        return "SQL expression";
    }

    @Override
    public String check() {
        return role == Role.CONDITION ? "of type boolean, without the word WHERE" : "";
    }

    @Override
    public SqlExpression read(SpecField field) {
        if (field.node() instanceof SpecNode.Scalar scalar) {
            if (scalar.glued()) {
                throw field.problem(
                        "is cut off at \" #\", where YAML begins a comment",
                        "put the expression in quotes; if it is a comment, write a blank after #");
            }
            if (role == Role.NEW_VALUE && scalar.text().equalsIgnoreCase("null")) {
                return SqlExpression.parse(scalar.text());
            }
            if (role == Role.NEW_VALUE && scalar.isNull()) {
                throw field.problem("has no value", "write an SQL expression, or null for SQL's NULL");
            }
        }
        return field.read(this::expression);
    }

    private SqlExpression expression(String text) {
        if (role == Role.CONDITION && WHERE.matcher(text).matches()) {
            throw new BadTextException("begins with WHERE", "write the condition alone, without that word");
        }
        if (role == Role.NEW_VALUE && text.isBlank()) {
            throw new BadTextException(
                    "the expression is empty",
                    "write an SQL expression; the empty text is \"''\", YAML's quotes included");
        }
        return SqlExpression.parse(text);
    }
}
