package dev.backfleet.simulation.row;

import dev.backfleet.simulation.fault.Violation;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The lock of a row: one transaction has it, others wait in their order. */
public final class RowLock {
    private final Queue<Runnable> waiting = new ArrayDeque<>();

    @Nullable
    private Transaction holder;

    public boolean isHeld() {
        return holder != null;
    }

    /** Who has it. */
    @Nullable
    public Transaction holder() {
        return holder;
    }

    public void take(Transaction transaction) {
        if (holder != null) {
            throw new Violation("a row was locked twice");
        }
        holder = transaction;
        transaction.holds(this);
    }

    /** Whether the transaction that has it also has a row of the table locked. */
    public boolean covers(int row) {
        return holder != null && holder.covers(row);
    }

    /** Continues as soon as the lock is free. */
    public void whenFree(Runnable what) {
        if (holder == null) {
            what.run();
        } else {
            waiting.add(what);
        }
    }

    /** Releases the lock, and lets waiters continue one after the other until one takes it. */
    void release(Transaction transaction) {
        if (holder != transaction) {
            return;
        }
        holder = null;
        while (holder == null && !waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    /** The server went down: the lock is free and has no waiters. */
    public void drop() {
        holder = null;
        var dropped = new ArrayDeque<>(waiting);
        waiting.clear();
        dropped.forEach(Runnable::run);
    }
}
