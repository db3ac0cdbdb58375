package dev.backfleet.simulation.adapter;

import dev.backfleet.simulation.row.RowLock;
import dev.backfleet.simulation.row.Transaction;
import dev.backfleet.simulation.server.Link;
import dev.backfleet.simulation.server.Server;
import dev.backfleet.simulation.server.Unreachable;
import dev.backfleet.simulation.time.Node;
import java.util.function.Function;
import java.util.function.Supplier;

/** A session with transactions of several statements; other processes run between them. */
final class Session {
    private final Server server;
    private final Link link;
    private final Node node;

    Session(Server server, Link link, Node node) {
        this.server = server;
        this.link = link;
        this.node = node;
    }

    /**
     * A transaction. What it changes, it changes at its end.
     *
     * @throws Unreachable if it failed, or its outcome is unknown
     * @throws Killed if the process did not survive it
     */
    <T> T inTransaction(Function<Open, T> work) {
        var open = new Open(server.begin(0, 0));
        try {
            return work.apply(open);
        } finally {
            server.end(open.transaction);
        }
    }

    /** A transaction that is open. */
    final class Open {
        private final Transaction transaction;

        private Open(Transaction transaction) {
            this.transaction = transaction;
        }

        /** Locks a row; fails if another transaction holds the lock for too long. */
        void lock(RowLock lock) {
            ask(() -> {
                server.awaitFree(node, lock);
                lock.take(transaction);
                return true;
            });
            dwell();
        }

        /** A statement. */
        <T> T ask(Supplier<T> statement) {
            var answer = link.await(() -> {
                if (transaction.isAborted()) {
                    throw new Unreachable();
                }
                transaction.isIdleSince(Long.MAX_VALUE);
                var result = statement.get();
                transaction.isIdleSince(server.time.now());
                return result;
            });
            transaction.isIdleSince(server.time.now());
            return answer;
        }

        /** Delays the next statement now and then. */
        void dwell() {
            if (server.faultModel.strikes(6)) {
                server.time.block(node, server.faultModel.pick(300_000));
            }
        }

        /** The last statement, and the commit. */
        <T> T commit(Supplier<T> statement) {
            return ask(() -> {
                var result = statement.get();
                server.committed();
                return result;
            });
        }
    }
}
