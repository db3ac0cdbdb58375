package dev.backfleet.common.kafka;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Limits log messages to one per interval (default: 1 s), so that many bad records do not flood the log. */
public final class LogSample {
    private final long interval;
    private final LongSupplier nanoTime;
    private final AtomicLong last;
    private final AtomicLong suppressed = new AtomicLong();

    public LogSample() {
        this(Duration.ofSeconds(1));
    }

    public LogSample(Duration interval) {
        this(interval, System::nanoTime);
    }

    LogSample(Duration interval, LongSupplier nanoTime) {
        this.interval = interval.toNanos();
        this.nanoTime = nanoTime;
        this.last = new AtomicLong(nanoTime.getAsLong() - this.interval);
    }

    /** The number of messages suppressed since the last one, if this one may be written; empty if it is suppressed. */
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
