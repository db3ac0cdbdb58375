package dev.backfleet.simulation.row;

import java.util.ArrayList;
import java.util.List;

/** A transaction that holds locks: of rows of the table, and of rows of the control schema. */
public final class Transaction {
    /** Rows after this one, up to {@link #to}, are its range. */
    public final int from;

    public final int to;
    private final List<RowLock> locks = new ArrayList<>(2);
    private final boolean locksRows;
    private boolean aborted;
    private long idleSince = Long.MAX_VALUE;

    public Transaction(int from, int to) {
        this(from, to, true);
    }

    /** @param locksRows whether it locks the rows, or only reads them */
    public Transaction(int from, int to, boolean locksRows) {
        this.from = from;
        this.to = to;
        this.locksRows = locksRows;
    }

    boolean covers(int row) {
        return locksRows && row > from && row <= to;
    }

    /** It has a lock now. */
    void holds(RowLock lock) {
        locks.add(lock);
    }

    /** Releases all locks. */
    public void releaseAll() {
        locks.forEach(lock -> lock.release(this));
        locks.clear();
    }

    /** Since when its client is silent; never: a statement is running. */
    public void isIdleSince(long then) {
        idleSince = then;
    }

    public boolean isIdle(long longerThan, long now) {
        return idleSince < now - longerThan;
    }

    public void abort() {
        aborted = true;
    }

    public boolean isAborted() {
        return aborted;
    }
}
