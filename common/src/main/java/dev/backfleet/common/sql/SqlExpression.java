package dev.backfleet.common.sql;

import dev.backfleet.common.unit.BadTextException;
import java.util.Set;

/**
 * An SQL expression of the user, checked so that in parentheses it is exactly one expression for both PostgreSQL (with
 * {@code standard_conforming_strings} on) and pgjdbc. Whether the expression is valid, only PostgreSQL decides.
 */
public final class SqlExpression {
    private final String text;
    private final String jdbcText;
    private final Set<String> names;
    private final Set<String> calls;
    private final Set<String> references;
    private final Set<String> values;

    private SqlExpression(String text, String jdbcText, NameUses uses) {
        this.text = text;
        this.jdbcText = jdbcText;
        this.names = Set.copyOf(uses.names());
        this.calls = Set.copyOf(uses.calls());
        this.references = Set.copyOf(uses.references());
        this.values = Set.copyOf(uses.values());
    }

    /**
     * Checks an expression.
     *
     * @throws BadTextException if it is not exactly one expression; names the character, counted from 1
     */
    public static SqlExpression parse(String text) {
        var scan = new ExpressionScan(text);
        return new SqlExpression(text, scan.jdbcText(), scan.uses());
    }

    public String text() {
        return text;
    }

    /**
     * For a statement that goes directly to pgjdbc: question marks in operators are doubled. Do not pass it to
     * libraries that look for {@code :names}: they do not know PostgreSQL's quotes.
     */
    public String jdbcText() {
        return jdbcText;
    }

    /** {@link #jdbcText} in parentheses; a comment at its end cannot swallow the closing parenthesis. */
    public String jdbcParenthesized() {
        return "(" + jdbcText + "\n)";
    }

    /**
     * Every name in it, in the catalog's form: all columns that it uses, and also keywords, functions and qualifiers.
     */
    public Set<String> names() {
        return names;
    }

    /** Those names that an opening parenthesis follows: all functions that it calls, and also keywords such as {@code in}. */
    public Set<String> calls() {
        return calls;
    }

    /** Those names that something else follows: all columns that it uses, and also keywords and qualifiers. */
    public Set<String> references() {
        return references;
    }

    /**
     * Those names that are no qualifier of another name, and no call. If a table's name is among them, the row may be used as a whole;
     * {@code t.a} uses only a column.
     */
    public Set<String> values() {
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SqlExpression that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
