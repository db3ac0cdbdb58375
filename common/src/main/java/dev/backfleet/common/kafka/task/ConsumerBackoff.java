package dev.backfleet.common.kafka.task;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;

/** Decides when a failed consumer may be opened again; another thread can end the wait. */
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

    /** The consumer failed and was closed. */
    void failed() {
        notBefore = System.nanoTime() + pause.toNanos();
        var next = pause.multipliedBy(2);
        pause = next.compareTo(LONGEST) < 0 ? next : LONGEST;
    }

    /** Waits until a consumer may be opened, at most {@code timeout}; returns whether it may. */
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

    /** Ends the current wait, or the next one. */
    void wakeUp() {
        wakeUps.release();
    }

    /** Whether {@link #wakeUp} was called since the last call of this method. */
    boolean wokenUp() {
        return wakeUps.drainPermits() > 0;
    }
}
