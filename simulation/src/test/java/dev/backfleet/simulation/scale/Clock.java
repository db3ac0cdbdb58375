package dev.backfleet.simulation.scale;

import java.time.Duration;
import java.util.PriorityQueue;

/** Virtual time, in microseconds, and what is going to happen. */
final class Clock {
    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    private long now;
    private long sequence;

    long now() {
        return now;
    }

    Duration monotonic() {
        return Duration.ofNanos(now * 1_000);
    }

    void after(long micros, Runnable what) {
        queue.add(new Event(now + micros, sequence++, what));
    }

    void step() {
        var event = queue.remove();
        now = event.at;
        event.what.run();
    }

    private record Event(long at, long sequence, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(sequence, other.sequence);
        }
    }
}
