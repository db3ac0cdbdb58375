package dev.backfleet.coordinator.ddl;

import java.time.Duration;
import java.util.List;

/** A session in which the definition of a table is changed, as {@link DdlRunner} needs it. For one thread. */
public interface DdlSession {

    /** The transactions of others that hold a lock on one of the tables which conflicts with the one needed; requests nothing. */
    List<LockHolder> holders(List<TableLock> locks);

    /**
     * Begins a transaction and requests SHARE UPDATE EXCLUSIVE on all tables.
     *
     * @param limit for all of them together
     * @return whether they were granted
     */
    boolean clear(List<TableLock> locks, Duration limit);

    /**
     * Requests the locks in the transaction that {@link #clear} has begun; what was not granted leaves nothing behind but what clear got.
     *
     * @param limit for all of them together
     * @return whether they were granted
     */
    boolean ask(List<TableLock> locks, Duration limit);

    /** Executes the change in that transaction, and commits. */
    void execute();

    /** Rolls back whatever is open; never fails. */
    void withdraw();

    /** A failure that may pass: the connection was lost, the server restarts, a deadlock. Nothing of the transaction was committed, unless the commit was lost. */
    class TransientFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public TransientFailure(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
