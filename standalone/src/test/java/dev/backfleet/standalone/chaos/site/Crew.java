package dev.backfleet.standalone.chaos.site;

import dev.backfleet.standalone.failpoint.Failpoint;
import dev.backfleet.standalone.failpoint.HaltingCoordinator;
import dev.backfleet.standalone.failpoint.HaltingWorker;
import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.process.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Coordinators and workers, each of which is started again whenever it is gone, as a service manager would. */
public final class Crew implements AutoCloseable {
    private static final long LOOK_MILLIS = 200;

    private final Site site;
    private final Path logs;
    private final Map<String, String> settings;
    private final Map<String, Launch> launches = new ConcurrentHashMap<>();
    private final Map<String, FleetProcess> processes = new ConcurrentHashMap<>();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();

    /**
     * A crew without members.
     *
     * @param settings for all processes, by the names of the environment variables
     */
    public Crew(Site site, Path logs, Map<String, String> settings) {
        this.site = site;
        this.logs = logs;
        this.settings = settings;
        var unused = watch.scheduleWithFixedDelay(this::restart, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    public static String worker(int number) {
        return "worker-" + number;
    }

    public static String coordinator(int number) {
        return "coordinator-" + number;
    }

    public void addWorker(int number, Map<String, String> more) {
        var environment = environment(site.databaseOfWorker(number), site.kafkaOfWorkers());
        environment.put("BACKFLEET_WORKER_ID", worker(number));
        environment.putAll(more);
        start(new Launch(worker(number), List.of("worker"), environment, log(worker(number))));
    }

    /** A worker that halts at the point repeatedly. */
    public void addWorker(int number, Failpoint point) {
        var environment = environment(site.databaseOfWorker(number), site.kafkaOfWorkers());
        environment.put("BACKFLEET_WORKER_ID", worker(number));
        start(halting(worker(number), HaltingWorker.class, point, environment));
    }

    public void addCoordinator(int number) {
        var environment = environment(site.databaseOfCoordinators(), site.kafkaOfCoordinators());
        environment.put("BACKFLEET_COORDINATOR_ID", coordinator(number));
        environment.put("BACKFLEET_HTTP_LISTEN", "none");
        start(new Launch(coordinator(number), List.of("coordinator"), environment, log(coordinator(number))));
    }

    /** A coordinator that halts at the point repeatedly. */
    public void addCoordinator(int number, Failpoint point) {
        var environment = environment(site.databaseOfCoordinators(), site.kafkaOfCoordinators());
        environment.put("BACKFLEET_COORDINATOR_ID", coordinator(number));
        environment.put("BACKFLEET_HTTP_LISTEN", "none");
        start(halting(coordinator(number), HaltingCoordinator.class, point, environment));
    }

    private Launch halting(String name, Class<?> program, Failpoint point, Map<String, String> environment) {
        environment.put(Failpoint.NAME, point.name());
        environment.put(Failpoint.TIME, "2");
        return new Launch(name, program.getName(), List.of(), environment, log(name));
    }

    /** Ends it, and starts it no more. */
    public void retire(String name) {
        synchronized (launches) {
            launches.remove(name);
        }
        named(name).kill();
    }

    /** Returns when one leads: workers do not start without the schema and the topics. */
    public static void awaitLeader(Sql sql) throws SQLException, InterruptedException {
        while (sql.number("select count(to_regclass('backfleet.leader'))") == 0
                || sql.number("select count(*) from backfleet.leader where coordinator is not null") == 0) {
            Rest.millis(50);
        }
    }

    /** The process that bears the name now. */
    public FleetProcess named(String name) {
        return Objects.requireNonNull(processes.get(name), name);
    }

    private void start(Launch launch) {
        synchronized (launches) {
            processes.put(launch.name(), FleetProcess.start(launch, ended -> {}));
            launches.put(launch.name(), launch);
        }
    }

    private void restart() {
        synchronized (launches) {
            launches.forEach((name, launch) -> {
                if (!named(name).isAlive()) {
                    processes.put(name, FleetProcess.start(launch, ended -> {}));
                }
            });
        }
    }

    private Map<String, String> environment(String database, String kafka) {
        var environment = new HashMap<>(System.getenv());
        environment.keySet().removeIf(name -> name.startsWith("BACKFLEET_"));
        environment.putAll(settings);
        environment.put("BACKFLEET_DATABASE_URL", database);
        environment.put("BACKFLEET_KAFKA_BOOTSTRAP_SERVERS", kafka);
        return environment;
    }

    /** How many lines of a log have these words. */
    public long said(String name, String words) throws IOException {
        var log = log(name);
        if (!Files.exists(log)) {
            return 0;
        }
        try (var lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(words)).count();
        }
    }

    private Path log(String name) {
        return logs.resolve(name + ".log");
    }

    /** Kills all processes at once. */
    @Override
    public void close() throws InterruptedException {
        watch.shutdown();
        var unused = watch.awaitTermination(1, TimeUnit.MINUTES);
        processes.values().forEach(FleetProcess::kill);
    }
}
