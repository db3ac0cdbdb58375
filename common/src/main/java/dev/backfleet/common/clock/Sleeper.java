package dev.backfleet.common.clock;

import java.time.Duration;

/** Waits; handed in, so that tests and simulations need not. */
@FunctionalInterface
public interface Sleeper {

    /**
     * Waits for about {@code duration}, not at all if it is zero or negative.
     *
     * @throws InterruptedException if the thread is asked to stop waiting
     */
    void sleep(Duration duration) throws InterruptedException;

    /** Really sleeps. */
    static Sleeper system() {
        return duration -> {
            if (!duration.isNegative() && !duration.isZero()) {
                Thread.sleep(duration.toMillis(), duration.toNanosPart() % 1_000_000);
            }
        };
    }
}
