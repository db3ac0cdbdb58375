package dev.backfleet.benchmark.fleet;

import dev.backfleet.benchmark.report.Way;
import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.process.Launch;
import dev.backfleet.standalone.stack.LocalStack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A coordinator and the workers of one way, started for one measurement, so that they do not slow down the others. */
public final class MeasuredFleet implements AutoCloseable {
    private static final Duration FAREWELL = Duration.ofSeconds(25);

    private final FleetProcess coordinator;
    private final List<FleetProcess> workers;

    private MeasuredFleet(FleetProcess coordinator, List<FleetProcess> workers) {
        this.coordinator = coordinator;
        this.workers = workers;
    }

    /** Starts them. The coordinator leads then; the workers may not have registered yet. */
    public static MeasuredFleet start(LocalStack stack, Way way, int round) throws InterruptedException {
        return start(stack, way.slug() + "-" + round, way == Way.TWO_WORKERS ? 2 : 1);
    }

    /** Starts them, two slots in all, the workers' ids beginning with {@code name}. */
    public static MeasuredFleet start(LocalStack stack, String name, int count) throws InterruptedException {
        var coordinator = stack.addCoordinator();
        var workers = new ArrayList<FleetProcess>();
        for (int number = 1; number <= count; number++) {
            workers.add(worker(stack, name + "-" + number, 2 / count));
        }
        return new MeasuredFleet(coordinator, workers);
    }

    private static FleetProcess worker(LocalStack stack, String id, int slots) {
        var arguments = new ArrayList<>(List.of("worker", "--worker-id", id, "--slots", Integer.toString(slots)));
        arguments.addAll(stack.flags());
        var environment = Map.of("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
        var launch = new Launch(id, arguments, environment, stack.logs().resolve(id + ".log"));
        return FleetProcess.start(launch, lost -> {});
    }

    /** The workers' ids. */
    public List<String> ids() {
        return workers.stream().map(FleetProcess::name).toList();
    }

    /** The most memory that one of the workers has had resident so far, in bytes. */
    public long peakResidentBytes() {
        return workers.stream()
                .mapToLong(worker -> ResidentMemory.peakBytes(worker.pid()))
                .max()
                .orElse(0);
    }

    @Override
    public void close() {
        workers.forEach(FleetProcess::askToEnd);
        workers.forEach(worker -> worker.awaitEnd(FAREWELL));
        coordinator.askToEnd();
        coordinator.awaitEnd(FAREWELL);
    }
}
