package dev.backfleet.standalone.chaos.site;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which acknowledgements a failover may undo: those that a primary gave from the moment on up to which its standby has
 * everything, until its end. Each such time, and each time between two of them, is an era; the number of the former is odd.
 */
public final class LostTail {
    private final ReentrantLock steady = new ReentrantLock(true);
    private final AtomicLong era = new AtomicLong();

    /** The era of now. */
    public long era() {
        return era.get();
    }

    /** Whether a write that began in this era, and is acknowledged now, cannot be lost. */
    public boolean isKept(long began) {
        return began == era.get() && began % 2 == 0;
    }

    /** From now on, what the primary acknowledges may be lost with it. */
    void begin() {
        era.incrementAndGet();
    }

    /** The primary is gone, and acknowledges nothing more. Call this before any client is directed to the next one. */
    void end() {
        era.incrementAndGet();
    }

    /** Is held by who must not see one primary at first and another one then, and by a failover. */
    public ReentrantLock steady() {
        return steady;
    }
}
