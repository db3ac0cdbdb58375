package dev.backfleet.coordinator.lead;

import dev.backfleet.common.clock.Ticker;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one thread's share of the duties, round after round, until it is closed. A failed round is followed by another. */
public final class PeriodicThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeriodicThread.class);
    private static final Duration LOG_EVERY = Duration.ofSeconds(10);
    // What waits longer than this for a server is ended with its connection.
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Thread thread;
    private final Duration tick;
    private final Round round;
    private final WakeSignal wake = new WakeSignal();
    private final Ticker ticker;
    private Duration nextLog = Duration.ZERO;
    private volatile boolean closing;

    /**
     * Creates the thread, not yet running.
     *
     * @param tick the longest pause between two rounds
     */
    public PeriodicThread(String name, Duration tick, Ticker ticker, Round round) {
        this.tick = tick;
        this.round = round;
        this.ticker = ticker;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Asks for a round now. */
    public void wake() {
        wake.call();
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        wake.call();
        thread.join(TIMEOUT.toMillis());
    }

    private void run() {
        var woken = false;
        try {
            while (!closing) {
                runOnce(woken);
                woken = wake.await(tick);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // The database may be away for a while: that must not end a duty, and not fill the log.
    private void runOnce(boolean woken) {
        try {
            round.run(woken);
        } catch (RuntimeException | Error e) {
            // Not even an Error ends a duty: this coordinator would go on leading without it.
            if (ticker.now().compareTo(nextLog) >= 0) {
                nextLog = ticker.now().plus(LOG_EVERY);
                LOG.atWarn().addKeyValue("cause", e.getMessage()).log("a round of duties failed; the next follows");
                LOG.atDebug().setCause(e).log("why it failed");
            }
        }
    }

    /** What is done in a round. */
    public interface Round {
        /**
         * Does it.
         *
         * @param woken whether something happened, or only time has passed
         */
        void run(boolean woken);
    }
}
