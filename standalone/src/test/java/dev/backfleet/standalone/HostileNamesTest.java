package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.metric.MetricSource;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.CoordinatorSettings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.settings.typed.KafkaConnectionSettings;
import dev.backfleet.common.settings.typed.WorkerSettings;
import dev.backfleet.coordinator.Coordinator;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.worker.Worker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names and tenants that are hard to write go through every command and come out as they are. */
@Tag("server")
class HostileNamesTest {
    private static final StartWait NO_WAIT =
            new StartWait(Duration.ZERO, line -> {}, Ticker.system(), Sleeper.system());
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final String TABLE = "\"sch\"\"e:ma ?\".\"T :x ?; drop 'ünï' {set} $1\"";
    private static final String TENANT = "\"select\"";
    private static final String KEY = "\"k=1 :a ? \"\"\nid\"";
    private static final String CHANGED = '"' + "é".repeat(31) + "=\"";
    private static final String DIVISOR = "\"backfleet_k\"";

    /** What a tenant may be called, in the order of the column. */
    private static final List<String> TENANTS = List.of(
            "", " lead", "%s%n", "'; drop table t; --", "*", "-a", "NULL", "\\", "a\nb", "{a,\"b\"}", "ünï/\t:x ?");

    private static final List<String> FIRST_WAVE = List.of("-a", "NULL");

    private final Spans spans = new Spans();
    private final String database = SharedServers.freshDatabase();
    private final Map<String, String> settings = Map.of(
            "BACKFLEET_DATABASE_URL",
            database,
            "BACKFLEET_KAFKA_BOOTSTRAP_SERVERS",
            SharedServers.kafka().bootstrapServers(),
            "BACKFLEET_TOPIC_PREFIX",
            "names-" + database.replaceFirst(".*/([^/?]+).*", "$1"));

    @TempDir
    Path folder;

    @Test
    void every_command_takes_them_and_every_row_is_changed_once() throws Exception {
        createTable();
        var spec = Files.writeString(folder.resolve("spec.yaml"), spec());
        var all = Settings.load(Map.of(), settings, null, Optional.empty());
        var where = DatabaseSettings.from(all);
        var kafka = KafkaSettings.from(KafkaConnectionSettings.from(all));
        try (var leading = Scrape.open();
                var working = Scrape.open();
                var coordinator = Coordinator.start(
                        CoordinatorSettings.from(all, "c"),
                        where,
                        kafka,
                        leading.registry(),
                        spans.tracing(),
                        NO_WAIT);
                var worker = Worker.start(
                        WorkerSettings.from(all, "w"), where, kafka, working.registry(), spans.tracing(), NO_WAIT)) {
            // As if the command that submits made spans.
            run("alter table backfleet.job alter traceparent set default '" + Spans.SUBMISSION + "'");
            leading.running(coordinator.health(), coordinator::points);
            working.running(worker.health(), List::of);
            command(0, "submit", spec.toString());
            await().atMost(TIMEOUT).until(() -> command(0, "status", "names").contains("promote"));
            await().atMost(TIMEOUT).until(() -> leading.value("backfleet_job_waiting{backfill=\"names\",for=\"wave\"}")
                    .equals("1.0"));
            assertThat(tenants()).containsExactlyElementsOf(TENANTS);
            assertTenantsArePausedAndListed();
            command(0, "promote", "names");
            command(9, "watch", "names");
            assertQuarantined(TENANTS.size());
            run("update backfleet.shard set state = 'FAILED', error = 'x' where number = 1");
            run("update backfleet.job set state = 'FAILED', error = 'x'");
            command(0, "retry", "names");
            command(9, "watch", "names");
            command(2, "quarantine", "names", "--set=" + CHANGED + "=\"no such\"");
            command(0, "quarantine", "names", "--set=" + CHANGED + "=" + CHANGED + " + 10");
            command(0, "quarantine", "names", "--retry", "--key=a\nb", "--key=9");
            command(0, "quarantine", "names", "--retry");
            assertQuarantined(0);
            assertThat(command(0, "status", "names")).contains("SUCCEEDED");
            assertThat(coordinator.leads()).isTrue();
            assertPublished(leading, working);
        }
        spans.assertLeadToTheRows(3300 - TENANTS.size());
        assertThat(spans.text()).doesNotContain("drop table", "ünï");
        assertThat(ask("select count(*) || ' ' || count(*) filter (where " + CHANGED + " = 10) from " + TABLE))
                .isEqualTo("3300 3300");
    }

    private void assertTenantsArePausedAndListed() throws Exception {
        for (var tenant : TENANTS) {
            command(0, "pause", "names", "--tenant=" + tenant);
            // Of those in the first wave nothing is left to pause.
            assertThat(tenants("--state=paused")).isEqualTo(FIRST_WAVE.contains(tenant) ? List.of() : List.of(tenant));
            command(0, "resume", "names", "--tenant=" + tenant);
        }
        // Line by line, whatever is in them, and page by page.
        assertThat(command(0, "tenants", "names").lines()).hasSize(TENANTS.size() + 1);
        for (var i = 0; i + 1 < TENANTS.size(); i++) {
            assertThat(tenants("--limit=1", "--after=" + TENANTS.get(i))).containsExactly(TENANTS.get(i + 1));
        }
    }

    private static void assertPublished(Scrape leading, Scrape working) {
        await().atMost(TIMEOUT).until(() -> leading.value("backfleet_job_state{backfill=\"names\",state=\"SUCCEEDED\"}")
                .equals("1.0"));
        // The job's rows are read every few seconds. One of each tenant was retried by a command, and not changed by
        // the worker.
        await().atMost(TIMEOUT).until(() -> leading.value("backfleet_job_rows_changed_total{backfill=\"names\"}")
                .equals("3300.0"));
        assertThat(working.value("backfleet_rows_changed_total{backfill=\"names\"}"))
                .isEqualTo(String.valueOf(3300.0 - TENANTS.size()));
        working.assertTells(MetricSource.EACH, MetricSource.WORKER);
        leading.assertTells(MetricSource.EACH, MetricSource.COORDINATOR, MetricSource.LEADER);
        for (var process : List.of(leading, working)) {
            assertThat(process.get("/livez?verbose")).contains("livez ok").contains("[+] loop ");
            assertThat(process.get("/readyz?verbose"))
                    .contains("[+] database\n")
                    .contains("readyz ok");
            assertThat(process.text()).doesNotContain("drop table", "ünï");
        }
    }

    private void createTable() throws SQLException {
        run("create schema \"sch\"\"e:ma ?\"");
        run("create table " + TABLE + " (" + TENANT + " text collate \"C\", " + KEY + " integer, " + DIVISOR
                + " integer, " + CHANGED + " integer default 0, primary key (" + TENANT + ", " + KEY + "))");
        try (var connection = DriverManager.getConnection(database);
                var insert = connection.prepareStatement(
                        "insert into " + TABLE + " select ?, i, case when i % 300 = 9 then 0 "
                                + "else 1 end from generate_series(1, 300) i")) {
            for (var tenant : TENANTS) {
                insert.setString(1, tenant);
                insert.execute();
            }
        }
    }

    private static String spec() {
        return """
                name: names
                table: %s
                key: [%s, %s]
                tenant: %s
                set: { %s: %s }
                shard: { rows: 250 }
                rollout: [{ tenants: ["-a", "NULL"] }, { percent: 100 }]
                """.formatted(
                        yaml(TABLE),
                        yaml(TENANT),
                        yaml(KEY),
                        yaml(TENANT),
                        yaml(CHANGED),
                        yaml(CHANGED + " + 10 / " + DIVISOR));
    }

    private static String yaml(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private List<String> tenants(String... more) throws Exception {
        var arguments = new ArrayList<>(List.of("tenants", "names", "-o", "json"));
        arguments.addAll(List.of(more));
        var page = new ObjectMapper().readTree(command(0, arguments.toArray(String[]::new)));
        return StreamSupport.stream(page.path("tenants").spliterator(), false)
                .map(tenant -> tenant.path("tenant").asText())
                .toList();
    }

    private void assertQuarantined(int rows) throws Exception {
        var page = new ObjectMapper().readTree(command(0, "quarantine", "names", "-o", "json"));
        assertThat(page.path("rows")).hasSize(rows);
        assertThat(command(0, "quarantine", "names").lines().dropWhile(line -> !line.startsWith("NUMBER")))
                .hasSize(rows == 0 ? 0 : rows + 1);
    }

    private String command(int code, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var all = Stream.concat(
                        Stream.of(arguments),
                        Stream.of(
                                "--database-url=" + database,
                                "--kafka-bootstrap-servers="
                                        + SharedServers.kafka().bootstrapServers(),
                                "--topic-prefix=" + settings.get("BACKFLEET_TOPIC_PREFIX")))
                .toList();
        var commands = Main.commandLine(arguments);
        commands.picocli().setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true));
        assertThat(commands.execute(all.toArray(String[]::new)))
                .as(all + ": " + err + out)
                .isEqualTo(code);
        return out.toString();
    }

    private String ask(String sql) throws SQLException {
        try (var server = DriverManager.getConnection(database);
                var statement = server.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private void run(String sql) throws SQLException {
        try (var server = DriverManager.getConnection(database);
                var statement = server.createStatement()) {
            statement.execute(sql);
        }
    }
}
