package dev.backfleet.common.postgres.key;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.sql.Identifier;
import java.util.function.IntFunction;

/**
 * Compares points of a job's key space in SQL. A point is a {@code text[]}: NULL is the point before the first row;
 * values for all key columns are a row; the tenant alone, of a longer key, is the point after the tenant's last row,
 * including rows that it gets later.
 *
 * <p>Two stored values are never compared with each other, but with a column or with {@link #tenant}, so that the
 * column's collation applies. Operators are those of the key's index ({@link KeyOrder}).
 *
 * <p>Rows of the table are called {@code k}, its columns by their names ({@link #rows}); rows that were selected before
 * are called {@code k} too, and their columns {@code backfleet_1}, {@code backfleet_2} and so on, so that no column of
 * the table conflicts with a name of Backfleet's ({@link #selected}).
 */
public final class KeySpace {
    private final KeyOrder order;
    private final String relation;
    private final IntFunction<String> column;

    /**
     * The key space of one table, for conditions on its rows.
     *
     * @param relation the table, or a leaf
     */
    public KeySpace(JobDefinition job, JobDefinition.Table relation) {
        this(
                new KeyOrder(job.key()),
                relation.escaped(),
                i -> "k." + Identifier.of(job.key().get(i - 1).name()).escaped());
    }

    private KeySpace(KeyOrder order, String relation, IntFunction<String> column) {
        this.order = order;
        this.relation = relation;
        this.column = column;
    }

    /** The same, for conditions on rows that {@link #key} or {@link #first} selected. */
    public KeySpace selected() {
        return new KeySpace(order, relation, i -> "k." + selectedName(i));
    }

    private static String selectedName(int i) {
        return "backfleet_" + i;
    }

    public String relation() {
        return relation;
    }

    public int columns() {
        return order.columns();
    }

    /** The key's columns of table {@code k}, separated by commas, under the names of {@link #selected}. */
    public String key() {
        return order.each(i -> value(i) + " as " + selectedName(i));
    }

    public String ordered() {
        return order.ordered(column, false);
    }

    /** The key of a row of table {@code k} as a point. */
    public String point() {
        return "array[" + order.each(i -> value(i) + "::text") + "]";
    }

    /** The tenant of a row of table {@code k}, for comparisons. */
    public String tenantColumn() {
        return column.apply(1);
    }

    /** A column of the key of a row of table {@code k}, from 1. */
    public String column(int number) {
        return column.apply(number);
    }

    /** A point's tenant, in the column's type. */
    public String tenantOf(String point) {
        return point + "[1]::" + type(1);
    }

    /** A comparison of two tenants, each a column, a cast, or in parentheses. */
    public String tenants(String left, Comparison comparison, String right) {
        return order.compare(1, left, comparison, right);
    }

    /** A query with one row and one column {@code t}: a tenant given as text, in the column's type and collation. */
    public String tenant(String text) {
        return "select " + value(1) + " as t from only " + relation + " k where false union all select " + text + "::"
                + type(1);
    }

    /** The tenants of the rows for which a condition holds, as column {@code t}, in their order. */
    public String tenantsWhere(String condition, int limit) {
        return "select " + value(1) + " as t from only " + relation + " k where " + condition + " order by "
                + tenantColumn() + " limit " + limit;
    }

    /** The rows for which a condition holds, selected, in the order of the key or against it. */
    public String first(String condition, boolean descending, String limit) {
        return rows().where(order, condition, descending, "limit " + limit);
    }

    /** The rows after a point that is a row for which a condition holds, selected, by the key's index. */
    public String firstAfter(String point, String condition, String limit) {
        return order.rowsAfter(rows(), values(point), " and " + condition, false, "limit " + limit, limit);
    }

    private KeyOrder.Rows rows() {
        return new KeyOrder.Rows("only " + relation + " k", column, KeySpace::selectedName);
    }

    /** Whether a row of table {@code k} is after a point that is not NULL. Cannot use an index. */
    public String after(String point) {
        return eitherKind(point, afterRow(point), Comparison.GREATER);
    }

    /** Whether a row of table {@code k} is at a point or before it. Cannot use an index. */
    public String upTo(String point) {
        return eitherKind(point, upToRow(point), Comparison.LESS_OR_EQUAL);
    }

    /** Whether a row of table {@code k} is after a point that is a row. */
    public String afterRow(String point) {
        return order.compare(column, Comparison.GREATER, values(point));
    }

    /** Whether a row of table {@code k} is at a point that is a row, or before it. */
    public String upToRow(String point) {
        return order.compare(column, Comparison.LESS_OR_EQUAL, values(point));
    }

    private String eitherKind(String point, String row, Comparison comparison) {
        return columns() == 1
                ? row
                : "case when cardinality(" + point + ") = " + columns() + " then " + row + " else "
                        + tenants(tenantColumn(), comparison, tenantOf(point)) + " end";
    }

    private IntFunction<String> values(String point) {
        return i -> point + "[" + i + "]::" + type(i);
    }

    /** Whether rows of tenant {@code t} may be between two points; the lower one may be NULL. */
    public String reachesInto(String lower, String upper, String t) {
        var at = columns() == 1
                ? ""
                : " or (" + tenants(tenantOf(lower), Comparison.EQUAL, t) + " and cardinality(" + lower + ") = "
                        + columns() + ")";
        return "(" + tenants(tenantOf(upper), Comparison.GREATER_OR_EQUAL, t) + " and (" + lower + " is null or "
                + tenants(tenantOf(lower), Comparison.LESS, t) + at + "))";
    }

    // In the type in which values are sent: the column's own type, or the base type of its domain.
    private String value(int i) {
        return column.apply(i) + "::" + type(i);
    }

    private String type(int i) {
        return order.column(i).type();
    }
}
