package dev.backfleet.standalone.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.CoordinatorSettings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.settings.typed.KafkaConnectionSettings;
import dev.backfleet.common.settings.typed.WorkerSettings;
import dev.backfleet.coordinator.Coordinator;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.standalone.Main;
import dev.backfleet.worker.Worker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A coordinator and two workers of this process on a database of their own, an application's session, and a command line. */
public final class ComparingFleet implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final StartWait WAIT =
            new StartWait(Duration.ofMinutes(2), line -> {}, Ticker.system(), Sleeper.system());

    private final Path folder;
    private final Map<String, String> settings;
    private final Connection application;
    private final List<AutoCloseable> processes = new ArrayList<>();

    private ComparingFleet(Path folder, String database) throws SQLException {
        this.folder = folder;
        this.settings = Map.of(
                "BACKFLEET_DATABASE_URL",
                database,
                "BACKFLEET_KAFKA_BOOTSTRAP_SERVERS",
                SharedServers.kafka().bootstrapServers(),
                "BACKFLEET_TOPIC_PREFIX",
                "compare-" + database.replaceFirst(".*:([0-9]+)/([^/?]+).*", "$2-$1"));
        this.application = DriverManager.getConnection(database);
    }

    /** Starts it; specs are written to a folder. */
    public static ComparingFleet open(Path folder) throws Exception {
        return open(folder, SharedServers.freshDatabase());
    }

    /** The same on a database of the test. */
    static ComparingFleet open(Path folder, String database) throws Exception {
        var fleet = new ComparingFleet(folder, database);
        var all = Settings.load(Map.of(), fleet.settings, null, Optional.empty());
        var where = DatabaseSettings.from(all);
        var kafka = KafkaSettings.from(KafkaConnectionSettings.from(all));
        fleet.processes.add(
                Coordinator.start(CoordinatorSettings.from(all, "c"), where, kafka, new SimpleMeterRegistry(), WAIT));
        for (var name : List.of("w1", "w2")) {
            fleet.processes.add(
                    Worker.start(WorkerSettings.from(all, name), where, kafka, new SimpleMeterRegistry(), WAIT));
        }
        return fleet;
    }

    /** The connection flags of a command. */
    public List<String> flags() {
        return settings.entrySet().stream()
                .map(setting -> flag(setting.getKey()) + "=" + setting.getValue())
                .toList();
    }

    /** The application's session. */
    public Connection application() {
        return application;
    }

    /** Runs the application's statements. */
    void run(String sql) throws SQLException {
        try (var statement = application.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The one value that a query gives, as text. */
    String ask(String sql) throws SQLException {
        try (var statement = application.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    /** Submits a spec without its name, and waits until every row is changed. */
    void backfill(String name, String spec) throws IOException {
        command(0, "submit", write(name, spec).toString());
        command(0, "finalize", name);
    }

    /** Writes a spec. */
    Path write(String name, String spec) throws IOException {
        return Files.writeString(folder.resolve(name + ".yaml"), "name: " + name + "\n" + spec);
    }

    /** Runs a command that must end with a code; what it printed. */
    String command(int code, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var commands = Main.commandLine(arguments);
        commands.picocli().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        var all = Stream.concat(Stream.of(arguments), flags().stream());
        assertThat(commands.execute(all.toArray(String[]::new)))
                .as("%s: %s%s", List.of(arguments), out, err)
                .isEqualTo(code);
        return code == 0 || code == 10 ? out.toString() : err.toString();
    }

    /** The events of a type about a job that are on the events topic now. */
    List<JsonNode> events(String type, long job) throws IOException {
        Map<String, Object> config =
                Map.of("bootstrap.servers", setting("KAFKA_BOOTSTRAP_SERVERS"), "enable.auto.commit", false);
        var found = new ArrayList<JsonNode>();
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            var partitions = consumer.partitionsFor(setting("TOPIC_PREFIX") + ".events").stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    var event = JSON.readTree(record.value());
                    if (event.path("type").asText().equals(type)
                            && event.path("job").asLong() == job) {
                        found.add(event);
                    }
                }
            }
        }
        return found;
    }

    private String setting(String name) {
        return Objects.requireNonNull(settings.get("BACKFLEET_" + name));
    }

    private static String flag(String setting) {
        return "--" + setting.replace("BACKFLEET_", "").toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Runs a command whose output is JSON. */
    JsonNode json(int code, String... arguments) throws IOException {
        return JSON.readTree(command(
                code,
                Stream.concat(Stream.of(arguments), Stream.of("-o", "json")).toArray(String[]::new)));
    }

    /** The elements of a JSON array, each as a text. */
    static List<String> texts(JsonNode array, String... fields) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(node -> Stream.of(fields)
                        .map(field -> node.at("/" + field).asText())
                        .reduce((one, other) -> one + " " + other)
                        .orElseThrow())
                .toList();
    }

    @Override
    public void close() throws Exception {
        for (var i = processes.size() - 1; i >= 0; i--) {
            processes.get(i).close();
        }
        application.close();
    }
}
