package dev.backfleet.coordinator.lead;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that runs rounds, one after each tick and one after each wake-up, until it is closed. */
public final class PeriodicThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeriodicThread.class);
    // A round that waits longer than this for a server ends when the server's connection is closed.
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Thread thread;
    private final Duration tick;
    private final Round round;
    private final Semaphore wakeUps = new Semaphore(0);
    private volatile boolean closing;

    /**
     * Creates the thread, not yet running.
     *
     * @param tick the longest pause between two rounds
     */
    public PeriodicThread(String name, Duration tick, Round round) {
        this.tick = tick;
        this.round = round;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Asks for a round now; several calls before it begins count as one. */
    public void wake() {
        if (wakeUps.availablePermits() == 0) {
            wakeUps.release();
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        wake();
        thread.join(TIMEOUT.toMillis());
    }

    private void run() {
        var woken = false;
        try {
            while (!closing) {
                runOnce(woken);
                woken = wakeUps.tryAcquire(tick.toNanos(), TimeUnit.NANOSECONDS);
                wakeUps.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // MeasuredDuties keeps the failures of duties. A failure of anything else in a round must not end the thread
    // either.
    private void runOnce(boolean woken) {
        try {
            round.run(woken);
        } catch (RuntimeException | Error e) {
            LOG.atError().addKeyValue("thread", thread.getName()).setCause(e).log("a round failed outside of any duty");
        }
    }

    /** What a thread does in a round. */
    public interface Round {
        /**
         * Runs the round.
         *
         * @param woken whether a wake-up caused it; otherwise a tick has passed
         */
        void run(boolean woken);
    }
}
