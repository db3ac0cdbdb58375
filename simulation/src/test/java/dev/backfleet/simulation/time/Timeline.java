package dev.backfleet.simulation.time;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time, in microseconds, and its scheduled events, in one thread. Code that waits for an answer lets all other
 * processes run meanwhile ({@link #block}).
 */
public final class Timeline {
    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    /** What is to happen to processes that wait. */
    private final Map<Node, List<Event>> deferred = new HashMap<>();

    private long now;
    private long sequence;
    private long steps;

    public long now() {
        return now;
    }

    /** How many things have happened. */
    public long steps() {
        return steps;
    }

    /** A monotonic clock. */
    public Duration monotonic() {
        return Duration.ofNanos(now * 1_000);
    }

    /** Schedules an event that belongs to no process. */
    public void after(long micros, Runnable what) {
        post(new Event(now + micros, sequence++, null, 0, what));
    }

    /** Schedules an event of a process, if it is still alive then; if it is frozen, after that. */
    public void after(long micros, Node node, Runnable what) {
        post(new Event(now + micros, sequence++, node, node.life(), what));
    }

    /** The next thing happens; false if there is none. */
    public boolean step() {
        var event = queue.poll();
        if (event == null) {
            return false;
        }
        now = Math.max(now, event.at);
        happen(event);
        return true;
    }

    /**
     * The process waits; all others continue.
     *
     * @throws Killed if it did not survive that
     */
    public void block(Node node, long micros) {
        var life = node.life();
        var end = now + micros;
        node.waits(true);
        while (true) {
            var next = queue.peek();
            var until = Math.max(end, node.lives(life) ? node.frozenUntil() : 0);
            if (next == null || next.at > until) {
                now = Math.max(now, until);
                break;
            }
            step();
        }
        if (!node.lives(life)) {
            deferred.remove(node);
            throw new Killed();
        }
        node.waits(false);
        deferred.getOrDefault(node, List.of()).forEach(event -> post(event.at(now, sequence++)));
        deferred.remove(node);
    }

    private void happen(Event event) {
        var node = event.node;
        if (node == null) {
            steps++;
            event.what.run();
        } else if (node.lives(event.life)) {
            if (node.frozenUntil() > now) {
                post(event.at(node.frozenUntil(), sequence++));
            } else if (node.isWaiting()) {
                deferred.computeIfAbsent(node, waiting -> new ArrayList<>()).add(event);
            } else {
                steps++;
                event.what.run();
            }
        }
    }

    private void post(Event event) {
        queue.add(event);
    }

    private record Event(long at, long sequence, @Nullable Node node, int life, Runnable what)
            implements Comparable<Event> {

        Event at(long then, long place) {
            return new Event(then, place, node, life, what);
        }

        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(sequence, other.sequence);
        }
    }
}
