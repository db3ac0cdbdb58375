package dev.backfleet.common.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.backfleet.common.job.kind.Comparison;
import org.jspecify.annotations.Nullable;

/**
 * A column of the key that a job scans by.
 *
 * @param name the column's name in the catalog
 * @param number its attribute number, which survives renames and distinguishes a re-created column from the original
 * @param type the type in which its values are sent, written so that a cast to it works under any search path; of a
 *     domain, the base type, whose casts check nothing
 * @param operators how its values are compared; null: by the built-in operators of a built-in type. Jobs of older
 *     releases have no operators for other types either: for those the search path decides, as it did then
 */
public record KeyColumn(
        String name,
        int number,
        String type,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable KeyOperators operators) {

    /** The schema prefix of PostgreSQL's built-in types. */
    private static final String OWN = "\"pg_catalog\".";

    /** A column that is compared by PostgreSQL's built-in operators. */
    public KeyColumn(String name, int number, String type) {
        this(name, number, type, null);
    }

    /** Whether the type is built into PostgreSQL, so that it never changes. */
    public boolean ownType() {
        return type.startsWith(OWN);
    }

    /** Whether its values may contain enum labels. Jobs of older releases did not store the labels. */
    public boolean mayHaveLabels() {
        return !ownType() && operators != null;
    }

    /** The operator for a comparison, as it is written in SQL. */
    public String operator(Comparison comparison) {
        if (operators != null) {
            return operators.of(comparison);
        }
        return ownType() ? "operator(\"pg_catalog\"." + comparison.symbol() + ")" : comparison.symbol();
    }

    /** A comparison of two values in SQL; each is a column, a cast, or in parentheses. */
    public String compare(String left, Comparison comparison, String right) {
        return left + " " + operator(comparison) + " " + right;
    }
}
