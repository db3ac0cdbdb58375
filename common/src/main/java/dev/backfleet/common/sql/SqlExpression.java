package dev.backfleet.common.sql;

import dev.backfleet.common.unit.BadTextException;
import java.util.Set;

/**
 * One SQL expression that somebody wrote, checked so that in parentheses it can be nothing but one expression: to
 * PostgreSQL (with {@code standard_conforming_strings} on) and to pgjdbc alike. Whether it means anything is for
 * PostgreSQL to say.
 */
public final class SqlExpression {
    private final String text;
    private final String jdbcText;
    private final Set<String> names;

    private SqlExpression(String text, String jdbcText, Set<String> names) {
        this.text = text;
        this.jdbcText = jdbcText;
        this.names = Set.copyOf(names);
    }

    /**
     * Checks an expression.
     *
     * @throws BadTextException if it is not exactly one; says at which character, counted from 1
     */
    public static SqlExpression parse(String text) {
        var scan = new ExpressionScan(text);
        return new SqlExpression(text, scan.jdbcText(), scan.names());
    }

    /** As written. */
    public String text() {
        return text;
    }

    /**
     * For a statement that goes straight to pgjdbc: operators with a question mark have it doubled. Libraries that look
     * for {@code :names} themselves do not know PostgreSQL's quotes: keep it away from them.
     */
    public String jdbcText() {
        return jdbcText;
    }

    /** {@link #jdbcText} in parentheses; a comment at its end cannot swallow the closing one. */
    public String jdbcParenthesized() {
        return "(" + jdbcText + "\n)";
    }

    /**
     * Every name in it, as the catalog would have it: all columns that it uses, and more, since keywords, functions and
     * qualifiers are among them.
     */
    public Set<String> names() {
        return names;
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
