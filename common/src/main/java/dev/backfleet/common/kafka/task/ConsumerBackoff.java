package dev.backfleet.common.kafka.task;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;

/** Decides when a consumer that failed may be opened again; another thread can end the wait. */
final class ConsumerBackoff {
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final Semaphore wakeUps = new Semaphore(0);
    private Duration pause = FIRST;
    private long notBefore = System.nanoTime();

    /** The consumer works. */
    void worked() {
        pause = FIRST;
    }

    /** The consumer was given up. */
    void failed() {
        notBefore = System.nanoTime() + pause.toNanos();
        var next = pause.multipliedBy(2);
        pause = next.compareTo(LONGEST) < 0 ? next : LONGEST;
    }

    /** Waits until a consumer may be opened, but no longer than {@code timeout}; says whether it may. */
    boolean await(Duration timeout) {
        var wait = notBefore - System.nanoTime();
        if (wait <= 0) {
            return true;
        }
        try {
            return !wakeUps.tryAcquire(Math.min(wait, timeout.toNanos()), TimeUnit.NANOSECONDS)
                    && wait <= timeout.toNanos();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Ends a wait, or the next one. */
    void wakeUp() {
        wakeUps.release();
    }

    /** Whether somebody called {@link #wakeUp} since the last time this was asked. */
    boolean wokenUp() {
        return wakeUps.drainPermits() > 0;
    }
}
