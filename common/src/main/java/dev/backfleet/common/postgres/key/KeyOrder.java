package dev.backfleet.common.postgres.key;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.sql.Identifier;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The order of a key in SQL: every comparison uses the operators of the key's index, so that neither the search path
 * nor an operator of the same name in another schema affects the order.
 *
 * <p>Columns are counted from 1. A composite key is compared as a row where all its columns have operators of one name,
 * which is what an index scan needs to begin at a row. Otherwise SQL has no such row comparison: the comparison is
 * written column by column, and a scan is composed of one index scan for each column.
 */
public final class KeyOrder {
    private final List<KeyColumn> key;

    public KeyOrder(List<KeyColumn> key) {
        this.key = List.copyOf(key);
    }

    public int columns() {
        return key.size();
    }

    public KeyColumn column(int number) {
        return key.get(number - 1);
    }

    /** A column of the table whose rows a statement scans, where it has the alias {@code backfleet_k}. */
    public String scanned(int column) {
        return "backfleet_k." + Identifier.of(column(column).name()).quoted();
    }

    /** A text for each column, separated by commas. */
    public String each(IntFunction<String> text) {
        return IntStream.rangeClosed(1, columns()).mapToObj(text).collect(joining(", "));
    }

    /** A comparison of the values of one column. */
    public String compare(int column, String left, Comparison comparison, String right) {
        return column(column).compare(left, comparison, right);
    }

    /**
     * A comparison of two keys.
     *
     * @param left the values on the left, by column
     * @param comparison how they compare; not {@link Comparison#EQUAL}
     * @param right the values on the right, by column
     */
    public String compare(IntFunction<String> left, Comparison comparison, IntFunction<String> right) {
        return isOneRow(comparison)
                ? "(" + each(left) + ") " + column(1).operator(comparison) + " (" + each(right) + ")"
                : "(" + compare(1, left.apply(1), orEqual(comparison), right.apply(1)) + " and "
                        + from(1, left, comparison, right) + ")";
    }

    private String from(int i, IntFunction<String> left, Comparison comparison, IntFunction<String> right) {
        if (i == columns()) {
            return compare(i, left.apply(i), comparison, right.apply(i));
        }
        return "(" + compare(i, left.apply(i), strict(comparison), right.apply(i)) + " or "
                + compare(i, left.apply(i), Comparison.EQUAL, right.apply(i)) + " and "
                + from(i + 1, left, comparison, right) + ")";
    }

    /**
     * The first rows after a row, or the last rows after it, found by the key's index.
     *
     * @param rows the table, its alias, and which columns are returned under which names
     * @param after the row, by column
     * @param condition a further condition, beginning with AND; may be empty
     * @param descending whether the last rows come first
     * @param limit what follows ORDER BY: an OFFSET, a LIMIT
     * @param most the most rows that the answer needs
     */
    public String rowsAfter(
            Rows rows, IntFunction<String> after, String condition, boolean descending, String limit, String most) {
        if (isOneRow(Comparison.GREATER)) {
            var where = compare(rows.column, Comparison.GREATER, after) + condition;
            return rows.where(this, where, descending, limit);
        }
        var arms = IntStream.iterate(columns(), i -> i >= 1, i -> i - 1)
                .mapToObj(i -> "("
                        + rows.where(this, arm(i, rows.column, after) + condition, descending, "limit " + most) + ")")
                .collect(joining(" union all "));
        return "select * from (" + arms + ") backfleet_arms order by " + ordered(rows.name, descending) + " " + limit;
    }

    // Equal in the columns before i, and after in i itself: a range in the index.
    private String arm(int i, IntFunction<String> left, IntFunction<String> right) {
        return IntStream.rangeClosed(1, i)
                .mapToObj(
                        j -> compare(j, left.apply(j), j == i ? Comparison.GREATER : Comparison.EQUAL, right.apply(j)))
                .collect(joining(" and "));
    }

    /** What follows ORDER BY. Each column's type has one order by default, which the key's index must have. */
    public String ordered(IntFunction<String> values, boolean descending) {
        return each(i -> values.apply(i) + (descending ? " desc" : ""));
    }

    private boolean isOneRow(Comparison comparison) {
        return key.stream()
                        .map(column -> column.operator(comparison))
                        .distinct()
                        .count()
                == 1;
    }

    // The condition on the leading column, which gives the index scan its start.
    private static Comparison orEqual(Comparison comparison) {
        return switch (comparison) {
            case LESS, LESS_OR_EQUAL -> Comparison.LESS_OR_EQUAL;
            case GREATER, GREATER_OR_EQUAL -> Comparison.GREATER_OR_EQUAL;
            case EQUAL -> Comparison.EQUAL;
        };
    }

    private static Comparison strict(Comparison comparison) {
        return switch (comparison) {
            case LESS, LESS_OR_EQUAL -> Comparison.LESS;
            case GREATER, GREATER_OR_EQUAL -> Comparison.GREATER;
            case EQUAL -> throw new IllegalArgumentException("keys are compared for equality column by column");
        };
    }

    /**
     * The rows that a scan covers.
     *
     * @param table what follows FROM: a table and its alias
     * @param column a key column of the table
     * @param name the name under which it is returned
     */
    public record Rows(String table, IntFunction<String> column, IntFunction<String> name) {

        /** The rows for which a condition holds, in the order of the key. */
        public String where(KeyOrder order, String condition, boolean descending, String limit) {
            var columns =
                    order.each(i -> column.apply(i) + "::" + order.column(i).type() + " as " + name.apply(i));
            return "select " + columns + " from " + table + " where " + condition + " order by "
                    + order.ordered(column, descending) + " " + limit;
        }
    }
}
