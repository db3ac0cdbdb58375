package dev.backfleet.standalone.stack;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.kafka.setup.TopicSetup;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.LocalStackMark;
import dev.backfleet.common.settings.Setting;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.embedded.kafka.KafkaBroker;
import dev.backfleet.embedded.postgres.PostgresServer;
import dev.backfleet.standalone.postgres.FleetRoll;
import dev.backfleet.standalone.process.FleetProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * PostgreSQL, Kafka, coordinators and workers on this machine, each in processes of its own. All of them end when the
 * stack is closed, and soon after the JVM has ended in any way. Thread-safe.
 */
public final class LocalStack implements AutoCloseable {

    private static final String DATABASE = "postgres";
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration LOOK_AT_SERVERS = Duration.ofMillis(500);

    private final StackOptions options;
    private final Servers servers;
    private final LogDirectory logs;
    private final Database database;
    private final FleetRoll roll;
    private final Fleet fleet;
    private boolean closed;

    private LocalStack(Servers servers, LogDirectory logs, StackOptions options) {
        this.options = options;
        this.servers = servers;
        this.logs = logs;
        this.database = Database.open(
                DatabaseSettings.ofUrl(jdbcUrl()),
                new Database.Profile("backfleet-local", 1, List.of(), Duration.ofSeconds(30)));
        this.roll = new FleetRoll(database);
        this.fleet = new Fleet(options, settings(), logs.path());
    }

    /**
     * Starts PostgreSQL and Kafka, and returns when they answer. Coordinators and workers are started one by one.
     *
     * @throws dev.backfleet.embedded.process.EmbeddedServerException if one does not start; the message says why
     */
    public static LocalStack open(StackOptions options) {
        var logs = LogDirectory.open(options.logs());
        try {
            var marked = options.with(options.postgres().with(LocalStackMark.SETTING, LocalStackMark.VALUE));
            return new LocalStack(Servers.open(marked), logs, marked);
        } catch (RuntimeException e) {
            logs.close();
            throw e;
        }
    }

    /** Where the servers are: what coordinators, workers and commands need to know. */
    public Map<Setting<?>, String> settings() {
        var settings = new LinkedHashMap<Setting<?>, String>();
        var user = postgres().user();
        settings.put(
                SettingCatalogue.DATABASE_URL,
                "postgresql://" + user + "@127.0.0.1:" + postgres().port() + "/" + DATABASE);
        settings.put(SettingCatalogue.KAFKA_BOOTSTRAP_SERVERS, kafka().bootstrapServers());
        return Collections.unmodifiableMap(settings);
    }

    /** The settings as flags of any command. */
    public List<String> flags() {
        return settings().entrySet().stream()
                .flatMap(setting -> Stream.of(setting.getKey().flag(), setting.getValue()))
                .toList();
    }

    /** The URL of the target database, with which the driver needs neither user nor password. */
    public String jdbcUrl() {
        return postgres().jdbcUrl(DATABASE);
    }

    /** The PostgreSQL server. */
    public PostgresServer postgres() {
        return servers.postgres();
    }

    /** The Kafka broker. */
    public KafkaBroker kafka() {
        return servers.kafka();
    }

    /** Where the console of its coordinator is; nothing if none is served. */
    public Optional<String> console() {
        return options.console();
    }

    /** The directory with the logs of coordinators and workers. */
    public Path logs() {
        return logs.path();
    }

    /** Keeps the logs after the end, for diagnosis. */
    public void keepLogs() {
        logs.keep();
    }

    /** Starts a coordinator, which may not be ready yet: its name is {@code coordinator-1}, and so on. */
    public FleetProcess startCoordinator() {
        return fleet.startCoordinator();
    }

    /** Starts a worker, which may not be ready yet: its name, which is its id in the fleet, is {@code worker-1}, and so on. */
    public FleetProcess startWorker() {
        return fleet.startWorker();
    }

    /** Starts a coordinator and returns when one leads. */
    public FleetProcess addCoordinator() throws InterruptedException {
        var coordinator = startCoordinator();
        awaitReady();
        return coordinator;
    }

    /** Starts a worker and returns when it has registered. */
    public FleetProcess addWorker() throws InterruptedException {
        var worker = startWorker();
        awaitReady();
        return worker;
    }

    /**
     * Returns when a coordinator leads, if any was started, and all workers have registered.
     *
     * @throws StackException if one ends instead, or takes too long
     */
    public void awaitReady() throws InterruptedException {
        for (var coordinator : running(coordinators())) {
            await(coordinator, () -> roll.coordinatorIsReady(coordinator.name()));
        }
        for (var worker : running(workers())) {
            await(worker, () -> roll.workerIsReady(worker.name(), worker.pid()));
        }
    }

    /**
     * Creates the control schema and the topics, as a coordinator does, for workers that start before the first
     * coordinator.
     */
    public void prepareForWorkers() {
        ControlSchema.migrate(DatabaseSettings.ofUrl(jdbcUrl()));
        var kafkaSettings = KafkaSettings.of(kafka().bootstrapServers());
        new TopicSetup(new KafkaClients(kafkaSettings, "backfleet-local")).run(START_LIMIT);
    }

    /**
     * Waits until a server is lost.
     *
     * @throws StackException if PostgreSQL or Kafka has ended
     */
    public void awaitLossOfAServer() throws InterruptedException {
        while (true) {
            servers.requireAlive();
            Sleeper.system().sleep(LOOK_AT_SERVERS);
        }
    }

    /** All coordinators in the order of their start, those that have ended too. */
    public List<FleetProcess> coordinators() {
        return fleet.coordinators();
    }

    /** All workers in the order of their start, those that have ended too. */
    public List<FleetProcess> workers() {
        return fleet.workers();
    }

    /** Ends workers, coordinators, Kafka and PostgreSQL, in this order. Idempotent; ignores interrupts. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        Uninterrupted.run("close-stack", this::end);
    }

    private void end() {
        try {
            fleet.end();
        } finally {
            database.close();
            try {
                servers.close();
            } finally {
                logs.close();
            }
        }
    }

    // One that was ended on purpose will not be ready, and need not be.
    private static List<FleetProcess> running(List<FleetProcess> processes) {
        return processes.stream().filter(process -> !process.wasEnded()).toList();
    }

    private static void await(FleetProcess process, BooleanSupplier ready) throws InterruptedException {
        var ticker = Ticker.system();
        var sleeper = Sleeper.system();
        while (!ready.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new StackException(process.name() + " did not start: " + process.logTail());
            }
            if (ticker.now().compareTo(START_LIMIT) > 0) {
                throw new StackException(process.name() + " is not ready in time: " + process.logTail());
            }
            sleeper.sleep(LOOK);
        }
    }
}
