package dev.backfleet.common.clock;

import java.time.Duration;

/** Whether what is done now and then is to be done again. For one thread. */
public final class Interval {
    private final Duration every;
    private final Ticker ticker;
    private Duration next = Duration.ZERO;

    /** At once for the first time, then not again before so much time has passed. */
    public Interval(Duration every, Ticker ticker) {
        this.every = every;
        this.ticker = ticker;
    }

    /** Whether it is; if so, the time begins anew. */
    public boolean isDue() {
        var now = ticker.now();
        if (now.compareTo(next) < 0) {
            return false;
        }
        next = now.plus(every);
        return true;
    }
}
