package dev.backfleet.common.postgres;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.sql.Identifier;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * How points of a job's key space are compared in SQL. A point is a {@code text[]}: NULL is before the first row; all key
 * columns are a row; the tenant alone, of a longer key, is after the tenant's last row, whatever rows it gets.
 *
 * <p>Two values of shards are never compared with each other but with a column, or with {@link #tenant}, so that the
 * column's own collation decides.
 */
public final class KeySpace {
    private final JobDefinition job;
    private final String relation;

    /**
     * The key space of one table.
     *
     * @param relation the table, or a leaf
     */
    public KeySpace(JobDefinition job, JobDefinition.Table relation) {
        this.job = job;
        this.relation = Identifier.of(relation.schema()).quoted() + "."
                + Identifier.of(relation.name()).quoted();
    }

    /** The table's name, quoted. */
    public String relation() {
        return relation;
    }

    /** How many columns the key has. */
    public int columns() {
        return job.key().size();
    }

    /** The key's columns of table {@code k}, separated by commas. */
    public String key() {
        return each(this::column);
    }

    /** The same, each in descending order. */
    public String keyDescending() {
        return each(i -> column(i) + " desc");
    }

    /** The key of a row of table {@code k} as a point. */
    public String point() {
        return "array[" + each(i -> column(i) + "::text") + "]";
    }

    /** The tenant column of table {@code k}. */
    public String tenantColumn() {
        return column(1);
    }

    /** A point's tenant, in the column's type. */
    public String tenantOf(String point) {
        return point + "[1]::" + type(1);
    }

    /** A query with one row and one column {@code t}: a tenant given as text, in the column's type and collation. */
    public String tenant(String text) {
        return "select " + column(1) + " as t from only " + relation + " k where false union all select " + text + "::"
                + type(1);
    }

    /** Whether a row of table {@code k} is after a point that is not NULL. An index is of no use for it. */
    public String after(String point) {
        return eitherKind(point, afterRow(point), " > ");
    }

    /** Whether a row of table {@code k} is at a point or before it. An index is of no use for it. */
    public String upTo(String point) {
        return eitherKind(point, upToRow(point), " <= ");
    }

    /** Whether a row of table {@code k} is after a point that is a row. */
    public String afterRow(String point) {
        return "(" + key() + ") > (" + values(point) + ")";
    }

    /** Whether a row of table {@code k} is at a point that is a row, or before it. */
    public String upToRow(String point) {
        return "(" + key() + ") <= (" + values(point) + ")";
    }

    private String eitherKind(String point, String row, String comparison) {
        return columns() == 1
                ? row
                : "case when cardinality(" + point + ") = " + columns() + " then " + row + " else " + column(1)
                        + comparison + tenantOf(point) + " end";
    }

    private String values(String point) {
        return each(i -> point + "[" + i + "]::" + type(i));
    }

    /** Whether the rows of tenant {@code t} may reach into what is between two points; the lower one may be NULL. */
    public String reachesInto(String lower, String upper, String t) {
        var at = columns() == 1
                ? ""
                : " or (" + tenantOf(lower) + " = " + t + " and cardinality(" + lower + ") = " + columns() + ")";
        return "(" + tenantOf(upper) + " >= " + t + " and (" + lower + " is null or " + tenantOf(lower) + " < " + t + at
                + "))";
    }

    private String column(int i) {
        return "k." + Identifier.of(job.key().get(i - 1).name()).quoted();
    }

    private String type(int i) {
        return job.key().get(i - 1).type();
    }

    private String each(IntFunction<String> text) {
        return IntStream.rangeClosed(1, columns()).mapToObj(text).collect(joining(", "));
    }
}
