package dev.backfleet.common.kafka;

import java.time.Duration;

/** The remaining part of a time limit that several consecutive calls share. */
public final class TimeLeft {
    private final long end;

    public TimeLeft(Duration granted) {
        this.end = System.nanoTime() + granted.toNanos();
    }

    /** The remaining time; zero when the limit has passed. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** Whether the limit has passed. */
    public boolean isOver() {
        return end - System.nanoTime() <= 0;
    }
}
