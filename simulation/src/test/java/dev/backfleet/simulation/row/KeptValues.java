package dev.backfleet.simulation.row;

/**
 * The column that a job with {@code undo: keep} sets, and what the job has kept of it. A value has two parts: how many times jobs have
 * changed it, and how many times the application has.
 */
public final class KeptValues {
    private static final int CHANGE = 1_000_000;

    private final int[] value;
    private final int[] others;
    private final boolean[] kept;
    private final int[] old;
    private final int[] written;
    private final boolean[] retriedLate;

    KeptValues(int rows) {
        this.value = new int[rows + 1];
        this.others = new int[rows + 1];
        this.kept = new boolean[rows + 1];
        this.old = new int[rows + 1];
        this.written = new int[rows + 1];
        this.retriedLate = new boolean[rows + 1];
    }

    /** The values as a statement sees them that begins now. */
    public int[] seen() {
        return value.clone();
    }

    /** The application changes the value of a row, and gets its acknowledgement. */
    public void othersWrite(int row) {
        value[row]++;
        others[row]++;
    }

    /**
     * A job changes a row.
     *
     * @param before the value that it keeps
     * @param keeps whether it keeps it in the same transaction
     * @return what takes that back
     */
    public Runnable change(int row, int before, boolean keeps) {
        var real = value[row];
        value[row] += CHANGE;
        old[row] = before;
        written[row] = value[row];
        kept[row] = keeps;
        return () -> {
            value[row] = real;
            kept[row] = false;
        };
    }

    /**
     * An undo puts the value back that was kept of a row.
     *
     * @param forgets whether it removes what was kept
     * @return what takes that back
     */
    public Runnable putBack(int row, boolean forgets) {
        var real = value[row];
        value[row] = old[row];
        kept[row] = !forgets;
        return () -> {
            value[row] = real;
            kept[row] = true;
        };
    }

    /** A row left the quarantine of the job when an undo had begun: the undo need not put it back. */
    public void isRetriedLate(int row) {
        retriedLate[row] = true;
    }

    public boolean isKept(int row) {
        return kept[row];
    }

    /** Whether a value is kept of a row, and it still has the value that the job wrote. */
    public boolean isUnchanged(int row) {
        return kept[row] && value[row] == written[row];
    }

    /** Whether an undo that has ended has passed over a row that it should have put back. */
    public boolean isLeft(int row) {
        return isUnchanged(row) && !retriedLate[row];
    }

    /** How many changes of jobs are in the value of a row. */
    public int changes(int row) {
        return value[row] / CHANGE;
    }

    /** Whether a write of the application is missing in the value of a row. */
    public boolean isWriteLost(int row) {
        return value[row] % CHANGE != others[row];
    }
}
