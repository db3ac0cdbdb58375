package dev.backfleet.common.clock;

import java.time.Duration;

/** Waits; injected, so that tests and simulations need not wait. */
@FunctionalInterface
public interface Sleeper {

    /**
     * Waits for about {@code duration}, not at all if it is zero or negative.
     *
     * @throws InterruptedException if the thread is asked to stop waiting
     */
    void sleep(Duration duration) throws InterruptedException;

    static Sleeper system() {
        return duration -> {
            if (!duration.isNegative() && !duration.isZero()) {
                Thread.sleep(duration.toMillis(), duration.toNanosPart() % 1_000_000);
            }
        };
    }
}
