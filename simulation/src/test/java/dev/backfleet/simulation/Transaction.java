package dev.backfleet.simulation;

import java.util.ArrayList;
import java.util.List;

/** A transaction that holds locks: of rows of the table, and of rows of the control schema. */
final class Transaction {
    /** Rows after this one, up to {@link #to}, are locked by it. */
    final int from;

    final int to;
    private final List<RowLock> locks = new ArrayList<>(2);
    private boolean aborted;
    private long idleSince = Long.MAX_VALUE;

    Transaction(int from, int to) {
        this.from = from;
        this.to = to;
    }

    boolean covers(int row) {
        return row > from && row <= to;
    }

    /** It has a lock now. */
    void holds(RowLock lock) {
        locks.add(lock);
    }

    /** Releases all locks. */
    void releaseAll() {
        locks.forEach(lock -> lock.release(this));
        locks.clear();
    }

    /** Since when its client is silent; never: a statement is running. */
    void isIdleSince(long then) {
        idleSince = then;
    }

    boolean isIdle(long longerThan, long now) {
        return idleSince < now - longerThan;
    }

    void abort() {
        aborted = true;
    }

    boolean isAborted() {
        return aborted;
    }
}
