package dev.backfleet.coordinator.lead;

import dev.backfleet.common.health.Check;
import dev.backfleet.common.health.Pulse;
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

    private final Rounds thread;
    private final Duration tick;
    private final Round round;
    private final boolean patient;
    private final Semaphore wakeUps = new Semaphore(0);
    private volatile boolean closing;

    /**
     * Creates the thread, not yet running.
     *
     * @param tick the longest pause between two rounds
     */
    public PeriodicThread(String name, Duration tick, Round round) {
        this(name, tick, round, false, Pulse.system());
    }

    PeriodicThread(String name, Duration tick, Round round, boolean patient, Pulse pulse) {
        this.tick = tick;
        this.round = round;
        this.patient = patient;
        this.thread = new Rounds(this::run, name, pulse);
        thread.setDaemon(true);
    }

    /** A thread whose rounds may wait for a statement for minutes, and prove nothing meanwhile. */
    public static PeriodicThread patient(String name, Duration tick, Round round) {
        return new PeriodicThread(name, tick, round, true, Pulse.system());
    }

    /** Says that the round of the calling thread makes progress; nothing if it is not a thread of this kind. */
    public static void progressed() {
        if (Thread.currentThread() instanceof Rounds rounds) {
            rounds.pulse.beat();
        }
    }

    /** That it makes progress. */
    public Check check() {
        return Check.loop(thread.getName(), thread.pulse, tick);
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
        thread.pulse.excuse(true);
        wake();
        thread.join(TIMEOUT.toMillis());
    }

    private void run() {
        var woken = false;
        try {
            while (!closing) {
                thread.pulse.excuse(patient || closing);
                runOnce(woken);
                thread.pulse.excuse(closing);
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

    /** A thread that has a pulse. */
    private static final class Rounds extends Thread {
        private final Pulse pulse;

        Rounds(Runnable work, String name, Pulse pulse) {
            super(work, name);
            this.pulse = pulse;
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
