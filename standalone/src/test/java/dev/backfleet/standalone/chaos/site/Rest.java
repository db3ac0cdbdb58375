package dev.backfleet.standalone.chaos.site;

import java.util.concurrent.locks.LockSupport;

/** A short delay, so that polling leaves the CPU to the processes under test. */
public final class Rest {
    private Rest() {}

    public static void millis(long millis) {
        LockSupport.parkNanos(millis * 1_000_000);
    }
}
