package dev.backfleet.coordinator.lead;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Lets a thread wait for a call or a timeout; several calls before it wakes up count as one. */
final class WakeSignal {
    private final Semaphore called = new Semaphore(0);

    /** Ends the wait, or the next one. */
    void call() {
        if (called.availablePermits() == 0) {
            called.release();
        }
    }

    /** Waits until called, but not longer than {@code timeout}; whether it was called. */
    boolean await(Duration timeout) throws InterruptedException {
        var woken = called.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS);
        called.drainPermits();
        return woken;
    }
}
