package dev.backfleet.simulation.row;

import dev.backfleet.common.job.Cursor;
import java.util.List;

/**
 * A point in the key space: after a row, or after all rows that a tenant has or will have.
 *
 * @param row the last row before it
 * @param tenant that row's tenant, or the tenant whose end it is; 0: before all, or the job has none
 * @param whole whether it is a row and not the end of a tenant
 */
public record Point(int row, int tenant, boolean whole) {
    public static final Point START = new Point(0, 0, true);

    /** As it is stored and carried about, with the pass under way. */
    public Cursor text(int pass) {
        return new Cursor(pass, List.of(Integer.toString(row), Integer.toString(tenant), whole ? "row" : "tenant"));
    }

    public static Point of(Cursor cursor) {
        var values = cursor.values();
        return new Point(
                Integer.parseInt(values.get(0)),
                Integer.parseInt(values.get(1)),
                values.get(2).equals("row"));
    }

    /** Whether the end of a tenant is at this point or before it. */
    public boolean passes(int other) {
        return whole ? tenant > other : tenant >= other;
    }

    /** Whether rows of a tenant may be after this point. */
    boolean leaves(int other) {
        return whole ? tenant <= other : tenant < other;
    }
}
