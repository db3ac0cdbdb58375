package dev.backfleet.common.job;

import java.util.List;

/**
 * How far a shard is: the pass under way, and a point in the table's key space, as PostgreSQL wrote it: one text for each key column.
 * Only PostgreSQL compares points. Without values it is the point before the first row. With only the tenant's value, of a key of
 * several columns, it is the point after the tenant's last row.
 *
 * @param pass the pass under way, from 0; always 0 of a job that makes one
 * @param values the key's columns as text, in key order; empty: before the first row; the first only: after all rows
 *     that have it
 */
public record Cursor(int pass, List<String> values) {

    /** Before the first row, in the first pass. */
    public static final Cursor START = new Cursor(List.of());

    public Cursor {
        values = List.copyOf(values);
    }

    /** In the first pass. */
    public Cursor(List<String> values) {
        this(0, values);
    }

    /** Whether this is the point before the first row. */
    public boolean isStart() {
        return values.isEmpty();
    }
}
