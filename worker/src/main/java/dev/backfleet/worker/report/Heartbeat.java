package dev.backfleet.worker.report;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says every second that the worker is alive, so that the coordinator knows how many slots the fleet has. */
public final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final WorkerRegistry registry;
    private final BooleanSupplier taking;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        var heartbeat = new Thread(work, "heartbeat");
        heartbeat.setDaemon(true);
        return heartbeat;
    });

    /** Creates it, not yet beating. */
    public Heartbeat(WorkerRegistry registry, BooleanSupplier taking) {
        this.registry = registry;
        this.taking = taking;
    }

    /** Starts beating. */
    public void start() {
        // A beat handles its own failures: the future has nothing to tell.
        var unused = thread.scheduleWithFixedDelay(this::beat, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
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

    private void beat() {
        try {
            registry.seen(taking.getAsBoolean());
        } catch (RuntimeException e) {
            LOG.atDebug().setCause(e).log("heartbeat failed");
        }
    }
}
