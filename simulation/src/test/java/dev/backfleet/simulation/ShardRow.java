package dev.backfleet.simulation;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.job.ShardState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A shard: rows after {@link #cursor} up to {@link #upper} are still to be changed. */
final class ShardRow {
    final ShardId id;
    final JobRow job;
    final int upper;

    ShardState state = ShardState.PENDING;
    int cursor;
    long epoch;
    long dispatch;
    long dispatchedAt;
    long leaseUntil;
    long notBefore;
    long changed;

    /** The transaction that has the row locked. */
    @Nullable
    Transaction lock;

    /** Who won which epoch. */
    final Map<Long, Object> winners = new HashMap<>();

    private final Queue<Runnable> waiting = new ArrayDeque<>();

    ShardRow(JobRow job, int number, int lower, int upper) {
        this.id = new ShardId(job.id, number);
        this.job = job;
        this.cursor = lower;
        this.upper = upper;
    }

    /** Goes on as soon as nobody holds the row. */
    void whenFree(Runnable what) {
        if (lock == null) {
            what.run();
        } else {
            waiting.add(what);
        }
    }

    /** Gives the row free, and lets one after the other go on until one takes it. */
    void release(Transaction transaction) {
        if (lock != transaction) {
            return;
        }
        lock = null;
        while (lock == null && !waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    /** The server went down: nobody waits any more. */
    List<Runnable> dropWaiting() {
        var dropped = new ArrayList<>(waiting);
        waiting.clear();
        return dropped;
    }

    Cursor cursorText() {
        return text(cursor);
    }

    static Cursor text(int position) {
        return new Cursor(List.of(Integer.toString(position)));
    }

    static int position(Cursor cursor) {
        return Integer.parseInt(cursor.values().get(0));
    }
}
