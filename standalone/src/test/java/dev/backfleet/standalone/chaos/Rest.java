package dev.backfleet.standalone.chaos;

import java.util.concurrent.locks.LockSupport;

/** Waits a moment, so that who looks again and again leaves the processor to those who work. */
final class Rest {
    private Rest() {}

    static void millis(long millis) {
        LockSupport.parkNanos(millis * 1_000_000);
    }
}
