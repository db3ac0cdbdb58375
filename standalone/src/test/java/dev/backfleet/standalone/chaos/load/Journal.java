package dev.backfleet.standalone.chaos.load;

import dev.backfleet.standalone.chaos.site.Sql;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** The outcome of every write of the application: acknowledged, failed, or unknown because no answer came. */
public final class Journal {
    private final AtomicLongArray acknowledged;
    private final AtomicLongArray unknown;
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong undone = new AtomicLong();
    private final Map<String, AtomicInteger> away = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> refused = new ConcurrentHashMap<>();

    public Journal(int rows) {
        acknowledged = new AtomicLongArray(rows + 1);
        unknown = new AtomicLongArray(rows + 1);
    }

    /** A write was acknowledged by a primary that may be lost with it, and may have reached its standby. */
    void mayBeUndone(long id, long amount) {
        unknown.addAndGet(index(id), amount);
        undone.incrementAndGet();
    }

    void acknowledged(long id, long amount) {
        acknowledged.addAndGet(index(id), amount);
        writes.incrementAndGet();
    }

    void unknown(long id, long amount) {
        unknown.addAndGet(index(id), amount);
        lost.incrementAndGet();
    }

    /** Notes why a write failed: because the server was gone, or for a reason that would be the jobs' fault. */
    void failed(SQLException e) {
        var errors = Sql.isAway(e) ? away : refused;
        errors.computeIfAbsent(String.valueOf(e.getSQLState()), state -> new AtomicInteger())
                .incrementAndGet();
    }

    private static int index(long id) {
        return Math.toIntExact(id - Items.KEYS);
    }

    long writes() {
        return writes.get();
    }

    /** Fails unless each row holds what was acknowledged, and at most what is unknown beyond it. */
    public void requireKept(Sql sql) throws SQLException {
        var wrong = 0;
        for (var row : sql.rows("select id, tally from items where tally > 0")) {
            var id = index(Long.parseLong(row.get(0)));
            var tally = Long.parseLong(row.get(1));
            var known = acknowledged.getAndSet(id, 0);
            wrong += tally < known || tally > known + unknown.get(id) ? 1 : 0;
        }
        for (var id = 0; id < acknowledged.length(); id++) {
            wrong += acknowledged.get(id) > 0 ? 1 : 0;
        }
        Items.require("rows without writes that were acknowledged, or with others", wrong, 0);
    }

    /** Fails if a write was rejected for another reason than an unavailable server. */
    public void requireNoneRefused() {
        if (!refused.isEmpty()) {
            throw new AssertionError("writes of the application were rejected: " + new TreeMap<>(refused));
        }
    }

    @Override
    public String toString() {
        return writes + " writes acknowledged, " + lost + " unknown, " + undone
                + " acknowledged by a primary just before its end, failed " + new TreeMap<>(away);
    }
}
