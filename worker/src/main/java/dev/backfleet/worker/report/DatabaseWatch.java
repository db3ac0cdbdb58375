package dev.backfleet.worker.report;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.Suspension;
import dev.backfleet.common.health.Pulse;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.worker.execute.Reachability;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Probes the database from a thread of its own while {@link DatabaseReachability} requires it. */
public final class DatabaseWatch implements Reachability, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseWatch.class);
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(100);

    private final Probe probe;
    private final Ticker ticker;
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread = new Thread(this::run, "database-watch");
    private final Pulse pulse = Pulse.system();
    private volatile DatabaseReachability known;
    private volatile boolean closing;

    /** Not started yet; the database counts as reachable. */
    public DatabaseWatch(Probe probe, Ticker ticker) {
        this.probe = probe;
        this.ticker = ticker;
        this.known = DatabaseReachability.reachable(ticker.now());
        thread.setDaemon(true);
    }

    /** Starts watching. */
    public void start() {
        thread.start();
    }

    @Override
    public boolean isUnreachable() {
        return known.isUnreachable();
    }

    @Override
    public void lost() {
        change(reachability -> reachability.lost(ticker.now()));
        wake.release();
    }

    /** Why no tasks are accepted, and for how long; empty if the database answered last, and takes writes. */
    public Optional<Suspension> suspension() {
        var current = known;
        return current.why().map(why -> new Suspension(why, ticker.now().minus(current.since())));
    }

    /** When the watching thread last made progress. */
    public Pulse pulse() {
        return pulse;
    }

    /** Ends the thread, without waiting for a probe under way. */
    @Override
    public void close() {
        closing = true;
        pulse.excuse(true);
        wake.release();
    }

    private void run() {
        try {
            while (!closing) {
                pulse.beat();
                if (known.isProbeDue(ticker.now())) {
                    probe();
                }
                if (wake.tryAcquire(CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void probe() {
        change(reachability -> reachability.probing(ticker.now()));
        boolean takesWrites;
        try {
            takesWrites = probe.ask();
        } catch (RuntimeException | Error e) {
            if (changesState(reachability -> reachability.failed(ticker.now()))) {
                LOG.atWarn()
                        .addKeyValue("cause", e.getMessage())
                        .addKeyValue("action", EventAction.DATABASE_LOST)
                        .log("database unreachable: no tasks are accepted; it is probed each second");
            }
            return;
        }
        if (!takesWrites) {
            if (changesState(reachability -> reachability.readOnly(ticker.now()))) {
                LOG.atWarn()
                        .addKeyValue("action", EventAction.DATABASE_LOST)
                        .log(
                                "the database is read-only: no tasks are accepted; it is probed each second over a new connection");
            }
            return;
        }
        var before = change(reachability -> reachability.answered(ticker.now()));
        if (before.isUnreachable()) {
            LOG.atWarn()
                    .addKeyValue("seconds", ticker.now().minus(before.since()).toSeconds())
                    .addKeyValue("action", EventAction.DATABASE_RESTORED)
                    .log("database available again: tasks are accepted");
        }
    }

    // Whether the state was another one before.
    private boolean changesState(UnaryOperator<DatabaseReachability> step) {
        return change(step).state() != known.state() && !closing;
    }

    // Returns what was known before.
    private synchronized DatabaseReachability change(UnaryOperator<DatabaseReachability> step) {
        var before = known;
        known = step.apply(before);
        return before;
    }

    /** A short query over a connection of its own. */
    @FunctionalInterface
    public interface Probe {
        /**
         * Returns when the database has answered.
         *
         * @return whether the server takes writes
         * @throws RuntimeException if the database has not answered within seconds
         */
        boolean ask();
    }
}
