package dev.backfleet.simulation.row;

import java.util.Arrays;

/**
 * The column that a job copies into another table, and the copies. The application changes the column, and a sync gives the copy the new
 * value in the same transaction; the job gives a copy to each row that has none, and the value of the row to each that has another one.
 */
public final class CopiedValues {
    private static final int NONE = -1;

    private final int[] value;
    private final int[] copy;

    CopiedValues(int rows) {
        this.value = new int[rows + 1];
        this.copy = new int[rows + 1];
        Arrays.fill(copy, NONE);
    }

    /** The values as a statement sees them that begins now. */
    public int[] seen() {
        return value.clone();
    }

    /** The application changes the value of a row, and the sync that of its copy. */
    public void othersWrite(int row) {
        value[row]++;
        copy[row] = value[row];
    }

    /**
     * A job copies a row.
     *
     * @param read the value that it has read
     * @return what takes that back
     */
    public Runnable copy(int row, int read) {
        var before = copy[row];
        copy[row] = read;
        return () -> copy[row] = before;
    }

    /** Whether the row has a copy with another value than its own. */
    public boolean isStale(int row) {
        return copy[row] != NONE && copy[row] != value[row];
    }

    /** Whether the row has no copy. */
    public boolean isMissing(int row) {
        return copy[row] == NONE;
    }
}
