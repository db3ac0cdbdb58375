package dev.backfleet.worker.report;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.control.Suspension;
import dev.backfleet.common.health.Pulse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores each second, and at each change, that the worker is alive and whether it accepts tasks, so that the coordinator knows
 * how many slots the fleet has.
 */
public final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(100);

    private final WorkerRegistry registry;
    private final Supplier<Optional<Suspension>> suspension;
    private final Consumer<Throwable> failed;
    private final Ticker ticker = Ticker.system();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        var heartbeat = new Thread(work, "heartbeat");
        heartbeat.setDaemon(true);
        return heartbeat;
    });
    private final Pulse pulse = Pulse.system();
    private volatile Duration answered = ticker.now();
    private Duration next = Duration.ZERO;
    private @Nullable NotAccepting stored;
    private @Nullable String duplicate;

    /**
     * Not started yet.
     *
     * @param suspension why the worker accepts no tasks now; empty if it does
     * @param failed is called with what has kept a heartbeat from being stored
     */
    public Heartbeat(WorkerRegistry registry, Supplier<Optional<Suspension>> suspension, Consumer<Throwable> failed) {
        this.registry = registry;
        this.suspension = suspension;
        this.failed = failed;
    }

    /** Starts the heartbeats. */
    public void start() {
        // A heartbeat handles its own failures: the future carries no information.
        var unused = thread.scheduleWithFixedDelay(this::check, 0, CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** When the heartbeats' thread last made progress. */
    public Pulse pulse() {
        return pulse;
    }

    /** Time since the database last stored a heartbeat; before the first one, since the start. */
    public Duration sinceAnswer() {
        return ticker.now().minus(answered);
    }

    /** Stops the heartbeats and removes the worker from the registry. */
    @Override
    public void close() throws InterruptedException {
        thread.shutdown();
        pulse.excuse(true);
        thread.awaitTermination(EVERY.toMillis() * 5, TimeUnit.MILLISECONDS);
        try {
            registry.remove();
        } catch (RuntimeException e) {
            LOG.atInfo().log(
                    "the worker could not be removed from the registry; it counts as lost after its heartbeat timeout");
        }
    }

    // The slots of both are counted once; only the epochs of their claims tell their shards apart.
    private void warn(String other) {
        if (!other.equals(duplicate)) {
            duplicate = other;
            LOG.atWarn()
                    .addKeyValue("process", other)
                    .log("another process has this worker's id: no row is changed twice, but the fleet counts only one"
                            + " of them; give each worker an id of its own");
        }
    }

    // An exception or Error would end the schedule silently.
    private void check() {
        pulse.beat();
        try {
            var now = ticker.now();
            var why = suspension.get();
            var reason = why.map(Suspension::reason).orElse(null);
            if (reason != stored || now.compareTo(next) >= 0) {
                next = now.plus(EVERY);
                registry.heartbeat(why).ifPresent(this::warn);
                stored = reason;
                answered = ticker.now();
            }
        } catch (RuntimeException | Error e) {
            LOG.atDebug().setCause(e).log("heartbeat failed");
            failed.accept(e);
        }
    }
}
