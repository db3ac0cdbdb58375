package dev.backfleet.standalone.stack;

import dev.backfleet.common.settings.HttpCatalogue;
import dev.backfleet.common.settings.ListenAddress;
import dev.backfleet.common.settings.Setting;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.process.Launch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The coordinators and workers of a stack: starts them, numbers them, ends them. */
final class Fleet {

    /** Longer than a worker takes to give back its shards. */
    private static final Duration FAREWELL = Duration.ofSeconds(25);

    private final StackOptions options;
    private final Map<Setting<?>, String> settings;
    private final Path logs;
    private final List<FleetProcess> coordinators = new ArrayList<>();
    private final List<FleetProcess> workers = new ArrayList<>();
    private boolean ended;

    Fleet(StackOptions options, Map<Setting<?>, String> settings, Path logs) {
        this.options = options;
        this.settings = settings;
        this.logs = logs;
    }

    synchronized FleetProcess startCoordinator() {
        var started = start("coordinator", SettingCatalogue.COORDINATOR_ID, coordinators.size() + 1);
        coordinators.add(started);
        return started;
    }

    synchronized FleetProcess startWorker() {
        var started = start("worker", SettingCatalogue.WORKER_ID, workers.size() + 1);
        workers.add(started);
        return started;
    }

    /** In the order of their start, those that have ended too. */
    synchronized List<FleetProcess> coordinators() {
        return List.copyOf(coordinators);
    }

    /** In the order of their start, those that have ended too. */
    synchronized List<FleetProcess> workers() {
        return List.copyOf(workers);
    }

    /** Ends workers first, which give their shards back, and then coordinators. */
    void end() {
        synchronized (this) {
            ended = true;
        }
        end(workers());
        end(coordinators());
    }

    private static void end(List<FleetProcess> processes) {
        processes.forEach(FleetProcess::askToEnd);
        processes.forEach(process -> process.awaitEnd(FAREWELL));
    }

    private FleetProcess start(String command, Setting<String> id, int number) {
        if (ended) {
            throw new StackException("the stack was closed");
        }
        var name = command + "-" + number;
        var all = new LinkedHashMap<>(settings);
        all.put(id, name);
        if (!options.environment().containsKey(HttpCatalogue.HTTP_LISTEN.name())) {
            all.put(HttpCatalogue.HTTP_LISTEN, ListenAddress.NONE.toString());
        }
        var environment = FleetEnvironment.of(System.getenv(), options.environment(), all);
        var launch = new Launch(name, List.of(command), environment, logs.resolve(name + ".log"));
        return FleetProcess.start(launch, options.lost());
    }
}
