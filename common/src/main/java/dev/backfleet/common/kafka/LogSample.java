package dev.backfleet.common.kafka;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Lets at most one message per interval through, a second unless it is told another, so that a flood of bad records does not become a flood of logs. */
public final class LogSample {
    private final long interval;
    private final LongSupplier nanoTime;
    private final AtomicLong last;
    private final AtomicLong suppressed = new AtomicLong();

    /** One a second. */
    public LogSample() {
        this(Duration.ofSeconds(1));
    }

    /** One per interval. */
    public LogSample(Duration interval) {
        this(interval, System::nanoTime);
    }

    LogSample(Duration interval, LongSupplier nanoTime) {
        this.interval = interval.toNanos();
        this.nanoTime = nanoTime;
        this.last = new AtomicLong(nanoTime.getAsLong() - this.interval);
    }

    /** How many messages were held back since the last one, if this one may be written; empty if it is held back. */
    public OptionalLong next() {
        var now = nanoTime.getAsLong();
        var before = last.get();
        if (now - before >= interval && last.compareAndSet(before, now)) {
            return OptionalLong.of(suppressed.getAndSet(0));
        }
        suppressed.incrementAndGet();
        return OptionalLong.empty();
    }
}
