package dev.backfleet.common.job;

import java.util.List;

/**
 * A point in a table's key space, as PostgreSQL wrote it: one text for each key column. Only PostgreSQL compares
 * points. Without values it is the point before the first row. With only the tenant's value, of a key of several
 * columns, it is the point after the tenant's last row.
 *
 * @param values the key's columns as text, in key order; empty: before the first row; the first only: after all rows
 *     that have it
 */
public record Cursor(List<String> values) {

    /** Before the first row. */
    public static final Cursor START = new Cursor(List.of());

    public Cursor {
        values = List.copyOf(values);
    }

    /** Whether this is the point before the first row. */
    public boolean isStart() {
        return values.isEmpty();
    }
}
