package dev.backfleet.coordinator.ddl;

import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.ddl.LockHolder.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's queue for the locks of one table, on a virtual clock of milliseconds: requests are granted in their order, unless one
 * conflicts neither with what is held nor with those before it; autovacuum is sent away by a request that waits behind it for longer than
 * the deadlock timeout. The application sends statements all the time, and each waits as long as it must.
 */
final class SimulatedTable {
    static final TableName NAME = TableName.parse("public.t");
    static final long DEADLOCK_TIMEOUT = 1000;

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private final List<Request> held = new ArrayList<>();
    private final List<Request> waiting = new ArrayList<>();
    private final Random random;
    private long now;
    private long number;
    private long longestWait;

    SimulatedTable(Random random) {
        this.random = random;
        at(0, this::statement);
    }

    long now() {
        return now;
    }

    /** The longest that a statement of the application has waited, those included that wait now. */
    long longestWait() {
        var current = waiting.stream()
                .filter(request -> request.application)
                .mapToLong(request -> now - request.since)
                .max();
        return Math.max(longestWait, current.orElse(0));
    }

    List<Request> held() {
        return List.copyOf(held);
    }

    /** A transaction that takes a lock at a time and ends later. */
    void transaction(long at, long duration, LockMode mode, Kind kind) {
        at(at, () -> {
            var request = new Request(++number, mode, kind, false, now);
            // Autovacuum does not wait for a lock: it passes the table over.
            if (kind == Kind.AUTOVACUUM && !isFree(request, waiting)) {
                return;
            }
            enqueue(request);
            at(now + duration, () -> release(request));
        });
    }

    // Some 200 statements a second, of 1 to 20 ms.
    private void statement() {
        var mode = random.nextBoolean() ? LockMode.ACCESS_SHARE : LockMode.ROW_EXCLUSIVE;
        var request = new Request(++number, mode, Kind.CLIENT, true, now);
        request.duration = 1L + random.nextInt(20);
        enqueue(request);
        at(now + 1 + random.nextInt(10), this::statement);
    }

    /** Requests a lock for a transaction of others' making; it is held until {@link #release}. */
    Request request(LockMode mode) {
        var request = new Request(++number, mode, Kind.CLIENT, false, now);
        request.ours = true;
        enqueue(request);
        return request;
    }

    private void enqueue(Request request) {
        waiting.add(request);
        at(now + DEADLOCK_TIMEOUT, () -> sendAutovacuumAway(request));
        grant();
    }

    private void sendAutovacuumAway(Request request) {
        if (waiting.contains(request)) {
            held.stream()
                    .filter(other -> other.kind == Kind.AUTOVACUUM && conflict(request, other))
                    .toList()
                    .forEach(this::release);
        }
    }

    void release(Request request) {
        held.remove(request);
        waiting.remove(request);
        grant();
    }

    private void grant() {
        var before = new ArrayList<Request>();
        for (var request : List.copyOf(waiting)) {
            if (isFree(request, before)) {
                waiting.remove(request);
                held.add(request);
                granted(request);
            } else {
                before.add(request);
            }
        }
    }

    private void granted(Request request) {
        if (request.application) {
            longestWait = Math.max(longestWait, now - request.since);
            at(now + request.duration, () -> release(request));
        }
    }

    private boolean isFree(Request request, List<Request> before) {
        return held.stream().noneMatch(other -> conflict(request, other))
                && before.stream().noneMatch(other -> conflict(request, other));
    }

    private static boolean conflict(Request one, Request other) {
        return !(one.ours && other.ours) && one.mode.conflicts().contains(other.mode);
    }

    /** Lets time pass until the condition holds, or for as long. */
    boolean await(Duration limit, BooleanSupplier condition) {
        var end = now + limit.toMillis();
        while (!condition.getAsBoolean()) {
            var next = events.peek();
            if (next == null || next.at > end) {
                now = end;
                return condition.getAsBoolean();
            }
            events.poll();
            now = next.at;
            next.action.run();
        }
        return true;
    }

    boolean isHeld(Request request) {
        return held.contains(request);
    }

    private void at(long time, Runnable action) {
        events.add(new Event(time, ++number, action));
    }

    private record Event(long at, long number, Runnable action) {}

    /** A lock that is held or waited for. */
    static final class Request {
        final long transaction;
        final LockMode mode;
        final Kind kind;
        final boolean application;
        final long since;
        long duration;
        boolean ours;

        Request(long transaction, LockMode mode, Kind kind, boolean application, long since) {
            this.transaction = transaction;
            this.mode = mode;
            this.kind = kind;
            this.application = application;
            this.since = since;
        }

        LockHolder holder(long now, boolean visible) {
            @Nullable Duration age = visible ? Duration.ofMillis(now - since) : null;
            return new LockHolder(
                    String.valueOf(transaction), 1, null, null, null, kind, age, mode, true, NAME.toString());
        }
    }
}
