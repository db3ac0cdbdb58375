package dev.backfleet.standalone.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.standalone.faults.CommandLine;
import dev.backfleet.standalone.faults.CommandLine.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command {@code pause} with a fleet at work and a database that does not answer, or refuses the command. */
@Tag("server")
@Tag("long")
class PauseWithoutDatabaseTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String UNCONFIRMED = "it is NOT confirmed that no more rows change";

    private static final String SPEC = """
            table: public.packages
            set: { n: n + 1 }
            shard: { rows: 1000 }
            rate: { rows-per-second: 500 }
            throttle: none
            """;

    @TempDir
    private static Path folder;

    private static Servers servers;
    private static Servers.Site site;
    private static Fleet fleet;
    private static long job;

    private boolean frozen;

    @BeforeAll
    static void open() throws Exception {
        servers = Servers.open(List.of(Outage.POSTGRES_FROZEN));
        site = servers.of(Outage.POSTGRES_FROZEN);
        run("create table packages as select i as id, 0 as n from generate_series(1, 1000000) i");
        run("alter table packages add primary key (id)");
        requirePassword("limited", "right");
        fleet = Fleet.start(site);
        job = commands(site.url()).submit("job", SPEC);
    }

    @AfterAll
    static void close() throws Exception {
        fleet.close();
        servers.close();
    }

    @BeforeEach
    void theJobIsRunning() {
        commands(site.url()).run("resume");
        commands(site.url()).run("resume", "job");
        awaitBatches();
    }

    @AfterEach
    void thaw() throws Exception {
        if (frozen) {
            Outage.POSTGRES_FROZEN.end(site);
            frozen = false;
        }
    }

    private void awaitBatches() {
        var before = fleet.batches();
        await().atMost(PATIENCE).until(() -> !fleet.batches().equals(before));
    }

    @Test
    void a_server_that_is_frozen_gets_the_fleet_and_a_job_by_its_id_paused_by_the_control_topic() throws Exception {
        Outage.POSTGRES_FROZEN.begin(site);
        frozen = true;

        assertUnconfirmed(
                commands(site.url()).result("pause", "--reason", "frozen"),
                "the pause of the fleet is published on the control topic");
        assertUnconfirmed(
                commands(site.url()).result("pause", "" + job, "--reason", "frozen"),
                "the pause of " + job + " is published on the control topic");
        assertUnconfirmed(commands(site.url()).result("pause", "job"), "NOT paused: without the database");
        assertThat(published().get("fleet")).contains("\"pause\"", "frozen");
        assertThat(published().get("job/" + job)).contains("\"pause\"", "frozen");

        thaw();
        // The coordinator stores what is published, and the pause is confirmed when it is asked for again.
        await().atMost(PATIENCE)
                .until(() -> number("select count(*) from backfleet.control where state = 'PAUSE'") == 2);
        assertThat(commands(site.url()).run("pause", "job")).contains("paused job");
    }

    private static void assertUnconfirmed(Result result, String words) {
        assertThat(result.err()).contains(words).contains("no answer in time").doesNotContain("REFUSES");
        assertThat(result.code()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nobody         | own  | the server rejects user nobody
            limited:wrong  | own  | wrong password for user limited
            postgres       | none | the server has no such database
            """)
    void a_database_that_refuses_the_command_is_told_and_the_fleet_is_paused_all_the_same(
            String user, String database, String why) throws Exception {
        var name = database.equals("own") ? site.database() : database;
        var url = "postgresql://" + user + "@127.0.0.1:" + site.postgres().port() + "/" + name;

        var result = commands(url).result("pause", "--reason", why);

        assertThat(result.err())
                .contains("the database REFUSES this command; the pause of the fleet is published on the control topic")
                .contains(UNCONFIRMED)
                .contains(why);
        assertThat(result.code()).isEqualTo(3);
        assertThat(published().get("fleet")).contains("\"pause\"", why);
        // The fleet can use the database, and is paused in earnest.
        await().atMost(PATIENCE)
                .until(() -> number("select count(*) from backfleet.control where state = 'PAUSE'") == 1);
        await().atMost(PATIENCE).until(fleet::isIdle);
    }

    private static void requirePassword(String role, String password) throws SQLException, IOException {
        run("create role " + role + " login password '" + password + "'");
        var rules = Path.of(text("show hba_file"));
        Files.writeString(rules, "host all " + role + " all scram-sha-256\n" + Files.readString(rules));
        var loaded = text("select pg_conf_load_time()");
        run("select pg_reload_conf()");
        await().until(() -> !text("select pg_conf_load_time()").equals(loaded));
    }

    private static CommandLine commands(String url) {
        return new CommandLine(
                List.of(
                        "--database-url", url,
                        "--kafka-bootstrap-servers", site.settings().bootstrapServers(),
                        "--topic-prefix", site.settings().topicPrefix()),
                folder);
    }

    /** The control records on the topic, the last of each scope. */
    private Map<String, String> published() {
        var records = new LinkedHashMap<String, String>();
        Map<String, Object> config = Map.of("bootstrap.servers", site.settings().bootstrapServers());
        var partition = new TopicPartition(site.settings().topicPrefix() + ".control", 0);
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    records.put(record.key(), record.value());
                }
            }
        }
        records.remove("heartbeat");
        return records;
    }

    private static void run(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(site.jdbcUrl());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String text(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(site.jdbcUrl());
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    private static long number(String sql) throws SQLException {
        return Long.parseLong(text(sql));
    }
}
