package dev.backfleet.standalone.outage;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.metric.WorkerMetric;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.CoordinatorSettings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.settings.typed.WorkerSettings;
import dev.backfleet.coordinator.Coordinator;
import dev.backfleet.worker.Worker;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A coordinator and two workers, one of which has a single slot, within this process. */
final class Fleet implements AutoCloseable {
    private static final StartWait NO_WAIT =
            new StartWait(Duration.ZERO, line -> {}, Ticker.system(), Sleeper.system());
    /** The most sessions that it may have: of each worker a pool and a heartbeat, of the coordinator two pools, lease and health. */
    static final int SESSIONS = (1 + 1 + 1) + (4 + 1 + 1) + (5 + 5 + 1 + 1);

    private final Coordinator coordinator;
    private final Map<String, Worker> workers = new LinkedHashMap<>();
    private final Map<String, SimpleMeterRegistry> figures = new LinkedHashMap<>();

    /** Starts it, with the settings that a fleet has by default. */
    static Fleet start(Servers.Site site) throws InterruptedException {
        return new Fleet(site);
    }

    private Fleet(Servers.Site site) throws InterruptedException {
        var database = DatabaseSettings.ofUrl(site.url());
        this.coordinator = Coordinator.start(
                CoordinatorSettings.from(
                        Settings.load(Map.of(), Map.of(), null, Optional.empty()), "coordinator-" + site.database()),
                database,
                site.settings(),
                new SimpleMeterRegistry(),
                NO_WAIT);
        for (var slots : List.of(1, 4)) {
            var name = site.database() + "-" + slots;
            var settings = Settings.load(
                    Map.of(), Map.of("BACKFLEET_WORKER_SLOTS", String.valueOf(slots)), null, Optional.empty());
            var figure = new SimpleMeterRegistry();
            figures.put(name, figure);
            workers.put(
                    name,
                    Worker.start(WorkerSettings.from(settings, name), database, site.settings(), figure, NO_WAIT));
        }
    }

    /** How many batches each worker has committed. */
    Map<String, Long> batches() {
        var batches = new LinkedHashMap<String, Long>();
        figures.forEach((name, figure) -> batches.put(
                name,
                figure.find(WorkerMetric.BATCH_SECONDS.meter()).timers().stream()
                        .mapToLong(Timer::count)
                        .sum()));
        return batches;
    }

    /** Whether no slot is at work. */
    boolean isIdle() {
        return workers.values().stream().allMatch(worker -> worker.busy() == 0);
    }

    @Override
    public void close() throws InterruptedException {
        for (var worker : workers.values()) {
            worker.close();
        }
        coordinator.close();
    }
}
