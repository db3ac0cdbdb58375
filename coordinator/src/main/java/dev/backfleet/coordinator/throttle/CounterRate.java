package dev.backfleet.coordinator.throttle;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/** How much a counter of the server has grown: per second since the look before, or in all within a window. */
public final class CounterRate {
    private final Duration window;
    private final Deque<Mark> marks = new ArrayDeque<>();

    /** Looks back over {@code window}. */
    public CounterRate(Duration window) {
        this.window = window;
    }

    /** Takes the counter's value; a counter that was reset begins anew. */
    public CounterRate add(Duration now, double counter) {
        if (!marks.isEmpty() && counter < marks.getLast().counter) {
            marks.clear();
        }
        marks.addLast(new Mark(now, counter));
        while (marks.size() > 2 && now.minus(marks.getFirst().at).compareTo(window) > 0) {
            marks.removeFirst();
        }
        return this;
    }

    /** Growth per second over the window; nothing after the first look. */
    public OptionalDouble perSecond() {
        var seconds = marks.getLast().at.minus(marks.getFirst().at).toNanos() / 1e9;
        return seconds > 0 ? OptionalDouble.of(total() / seconds) : OptionalDouble.empty();
    }

    /** Growth within the window. */
    public double total() {
        return marks.getLast().counter - marks.getFirst().counter;
    }

    private record Mark(Duration at, double counter) {}
}
