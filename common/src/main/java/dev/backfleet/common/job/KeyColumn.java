package dev.backfleet.common.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A column of the key that a job walks.
 *
 * @param name the column's name in the catalog
 * @param number its attribute number, which survives renames and tells a re-created column from the pinned one
 * @param type the type in which its values travel, written so that a cast to it works under any search path: of a domain
 *     the type below it, whose casts check nothing
 * @param operators how its values are compared; null: by PostgreSQL's own operators where the type is PostgreSQL's own.
 *     Jobs of older releases have no operators for other types either: there the search path decides, as it did then
 */
public record KeyColumn(
        String name,
        int number,
        String type,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable KeyOperators operators) {

    /** How the name of a type of PostgreSQL's own begins. */
    private static final String OWN = "\"pg_catalog\".";

    /** A column that is compared by PostgreSQL's own operators. */
    public KeyColumn(String name, int number, String type) {
        this(name, number, type, null);
    }

    /** Whether the type is PostgreSQL's own, so that nobody changes it. */
    public boolean ownType() {
        return type.startsWith(OWN);
    }

    /** Whether labels of enums may be in its values. Jobs of older releases did not store which labels these were. */
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
