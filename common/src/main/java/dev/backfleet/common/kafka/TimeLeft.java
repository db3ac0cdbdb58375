package dev.backfleet.common.kafka;

import java.time.Duration;

/** What is left of the time that a caller grants to several calls in a row. */
public final class TimeLeft {
    private final long end;

    /** Starts now. */
    public TimeLeft(Duration granted) {
        this.end = System.nanoTime() + granted.toNanos();
    }

    /** The rest; zero when it is over. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** The rest, at most {@code limit}. */
    public Duration atMost(Duration limit) {
        var left = left();
        return left.compareTo(limit) < 0 ? left : limit;
    }

    /** Whether nothing is left. */
    public boolean isOver() {
        return end - System.nanoTime() <= 0;
    }
}
