package dev.backfleet.benchmark.live;

import java.util.concurrent.atomic.AtomicLong;

/**
 * When transactions are due, whether or not those before them have ended, and which of them are measured. Shared by all
 * connections: whichever is free takes the next. Times are nanoseconds of the loop's ticker.
 */
final class Schedule {
    private final long start;
    private final double interval;
    private final AtomicLong next = new AtomicLong();
    private volatile long from = Long.MAX_VALUE;
    private volatile long until = Long.MAX_VALUE;

    Schedule(long start, double perSecond) {
        this.start = start;
        this.interval = 1e9 / perSecond;
    }

    /** The number of the next transaction, which belongs to the caller from now on. */
    long take() {
        return next.getAndIncrement();
    }

    /** When a transaction is to start. */
    long due(long number) {
        return start + Math.round(number * interval);
    }

    /** What is due from then on is measured. */
    void measureFrom(long time) {
        from = time;
    }

    /** What is due from then on does not take place. */
    void endAt(long time) {
        until = time;
    }

    boolean isMeasured(long due) {
        return due >= from;
    }

    boolean isOver(long due) {
        return due >= until;
    }
}
