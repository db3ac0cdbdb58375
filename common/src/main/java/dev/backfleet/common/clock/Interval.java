package dev.backfleet.common.clock;

import java.time.Duration;

/** Tells when a periodic action is due again. For one thread. */
public final class Interval {
    private final Duration every;
    private final Ticker ticker;
    private Duration next = Duration.ZERO;

    /** Due at once, and then again when {@code every} has passed since the last time. */
    public Interval(Duration every, Ticker ticker) {
        this.every = every;
        this.ticker = ticker;
    }

    /** Whether the action is due; if so, the interval starts again. */
    public boolean isDue() {
        var now = ticker.now();
        if (now.compareTo(next) < 0) {
            return false;
        }
        next = now.plus(every);
        return true;
    }
}
