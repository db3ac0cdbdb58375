package dev.backfleet.worker.report;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.control.Suspension;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says every second, and whenever that changes, that the worker is alive and whether it accepts tasks, so that the
 * coordinator knows how many slots the fleet has.
 */
public final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final WorkerRegistry registry;
    private final Supplier<Optional<Suspension>> suspension;
    private final Runnable failed;
    private final Ticker ticker = Ticker.system();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        var heartbeat = new Thread(work, "heartbeat");
        heartbeat.setDaemon(true);
        return heartbeat;
    });
    private Duration next = Duration.ZERO;
    private @Nullable NotAccepting told;
    private @Nullable String twin;

    /**
     * Creates it, not yet beating.
     *
     * @param suspension why the worker accepts no tasks now; nothing if it does
     * @param failed is told when a heartbeat could not be stored
     */
    public Heartbeat(WorkerRegistry registry, Supplier<Optional<Suspension>> suspension, Runnable failed) {
        this.registry = registry;
        this.suspension = suspension;
        this.failed = failed;
    }

    /** Starts beating. */
    public void start() {
        // A beat handles its own failures: the future has nothing to tell.
        var unused = thread.scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Stops beating and says that the worker has gone. */
    @Override
    public void close() throws InterruptedException {
        thread.shutdown();
        thread.awaitTermination(EVERY.toMillis() * 5, TimeUnit.MILLISECONDS);
        try {
            registry.gone();
        } catch (RuntimeException e) {
            LOG.atInfo().log("could not sign off; the fleet will notice by itself");
        }
    }

    // Slots are counted once for both, and neither knows which shards are its own but by their epochs.
    private void warn(String other) {
        if (!other.equals(twin)) {
            twin = other;
            LOG.atWarn()
                    .addKeyValue("process", other)
                    .log("another process has this worker's id: no row is changed twice, but the fleet counts only one"
                            + " of them; give each worker an id of its own");
        }
    }

    // An exception would end the schedule without a word, and an Error as well.
    private void look() {
        try {
            var now = ticker.now();
            var why = suspension.get();
            var reason = why.map(Suspension::reason).orElse(null);
            if (reason != told || now.compareTo(next) >= 0) {
                next = now.plus(EVERY);
                registry.seen(why).ifPresent(this::warn);
                told = reason;
            }
        } catch (RuntimeException | Error e) {
            LOG.atDebug().setCause(e).log("heartbeat failed");
            failed.run();
        }
    }
}
