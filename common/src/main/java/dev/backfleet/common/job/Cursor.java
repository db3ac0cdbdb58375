package dev.backfleet.common.job;

import java.util.List;

/**
 * A point in a table's key space, as PostgreSQL wrote it: one text for each key column. It is compared only by
 * PostgreSQL, never here. Without values it is the point before the first row; with the tenant's alone, of a key of several
 * columns, it is the point after the tenant's last row.
 *
 * @param values the key's columns as text, in key order; empty: before the first row; the first only: after all rows that
 *     have it
 */
public record Cursor(List<String> values) {

    /** Before the first row. */
    public static final Cursor START = new Cursor(List.of());

    /** Copies the list. */
    public Cursor {
        values = List.copyOf(values);
    }

    /** Whether this is the point before the first row. */
    public boolean isStart() {
        return values.isEmpty();
    }
}
