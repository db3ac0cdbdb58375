package dev.backfleet.common.clock;

import java.time.Duration;

/** A monotonic clock: the time since some fixed moment, independent of changes of the machine's clock. */
@FunctionalInterface
public interface Ticker {

    /** The time since the ticker's fixed moment; never less than before. */
    Duration now();

    /** The process's own monotonic clock. */
    static Ticker system() {
        var start = System.nanoTime();
        return () -> Duration.ofNanos(System.nanoTime() - start);
    }
}
