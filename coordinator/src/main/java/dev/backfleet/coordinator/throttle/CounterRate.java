package dev.backfleet.coordinator.throttle;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/** The growth of a counter of the server within a sliding window: per second, or in total. */
public final class CounterRate {
    private final Duration window;
    private final Deque<Value> values = new ArrayDeque<>();

    public CounterRate(Duration window) {
        this.window = window;
    }

    /** Adds a value of the counter; a lower value than before means that the counter was reset. */
    public CounterRate add(Duration now, double counter) {
        if (!values.isEmpty() && counter < values.getLast().counter) {
            values.clear();
        }
        values.addLast(new Value(now, counter));
        while (values.size() > 2 && now.minus(values.getFirst().at).compareTo(window) > 0) {
            values.removeFirst();
        }
        return this;
    }

    /** Growth per second over the window; nothing after the first value. */
    public OptionalDouble perSecond() {
        var seconds = values.getLast().at.minus(values.getFirst().at).toNanos() / 1e9;
        return seconds > 0 ? OptionalDouble.of(total() / seconds) : OptionalDouble.empty();
    }

    /** Growth within the window. */
    public double total() {
        return values.getLast().counter - values.getFirst().counter;
    }

    private record Value(Duration at, double counter) {}
}
