package dev.backfleet.coordinator.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.kafka.setup.KafkaFailureTranslator;
import dev.backfleet.common.kafka.setup.TopicSetup;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.common.settings.TaskQueueMode;
import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.cli.Backfleet;
import dev.backfleet.embedded.SharedServers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What doctor finds, with real servers and without them. */
@Tag("server")
class DoctorCommandTest {
    private static final String PREFIX = "doctor";
    private static final String NOBODY = "127.0.0.1:1";

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ControlRows rows;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> environment = new HashMap<>();

    @BeforeAll
    static void aFleet() {
        rows = new ControlRows();
        var kafka = new KafkaSettings(SharedServers.kafka().bootstrapServers(), Map.of(), PREFIX, TaskQueueMode.AUTO);
        new TopicSetup(new KafkaClients(kafka, "test")).run(Duration.ofSeconds(60));
        rows.execute(
                "update backfleet.leader set coordinator = 'c1', epoch = 1, lease_until = now() + interval '1 day'");
        rows.worker("w1", true);
        rows.execute("update backfleet.worker set seen_at = now() + interval '1 day'");
    }

    @AfterAll
    static void close() {
        rows.close();
    }

    @BeforeEach
    void allIsNamed() {
        // What jobs of other tests have said, and no coordinator is there to send.
        rows.execute("delete from backfleet.outbox");
        environment.put("BACKFLEET_DATABASE_URL", rows.url());
        environment.put(
                "BACKFLEET_KAFKA_BOOTSTRAP_SERVERS", SharedServers.kafka().bootstrapServers());
        environment.put("BACKFLEET_TOPIC_PREFIX", PREFIX);
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        var commands = BackfleetCommandLine.create(
                Backfleet.root(arguments), environment, new ConnectionFailures(), new KafkaFailureTranslator());
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    private List<String> lines(String verdict) {
        return out.toString()
                .lines()
                .filter(line -> line.startsWith(verdict + " "))
                .toList();
    }

    @Test
    void when_all_is_well_each_line_says_what_was_found() {
        assertThat(run("doctor")).as(out.toString()).isZero();
        assertThat(lines("problem")).isEmpty();
        assertThat(lines("warning")).isEmpty();
        assertThat(out.toString())
                .contains(
                        "ok        settings  BACKFLEET_TOPIC_PREFIX = doctor, from environment variable BACKFLEET_TOPIC_PREFIX\n")
                .contains("ok        settings  BACKFLEET_START_TIMEOUT = 60s (default)\n")
                .containsPattern(
                        "ok        database  jdbc:postgresql://[^ ]* answers: PostgreSQL 18[^ ]*.*, as the role postgres\n")
                .contains("ok        database  no pooler shares the sessions of this connection\n")
                .contains("ok        database  the control schema has version ")
                .contains("ok        database  the role may read and change the control schema\n")
                .contains("ok        database  its clock agrees with this machine's\n")
                .contains("ok        fleet     coordinator c1 leads\n")
                .contains("ok        fleet     1 worker is alive, 0 of 4 slots busy\n")
                .contains("ok        kafka     share groups are available (share.version ")
                .contains("ok        kafka     topic doctor.control: 1 partition, 1 replica, cleanup.policy compact")
                .endsWith("0 problems, 0 warnings\n");
    }

    @Test
    void without_any_setting_it_says_what_to_set() {
        environment.clear();
        assertThat(run("doctor")).isEqualTo(4);
        assertThat(lines("problem"))
                .containsExactly(
                        "problem   settings  no database is named; set BACKFLEET_DATABASE_URL, or give --database-url or --context",
                        "problem   settings  no Kafka broker is named: pause and resume cannot inform the workers;"
                                + " set BACKFLEET_KAFKA_BOOTSTRAP_SERVERS, or give --kafka-bootstrap-servers or --context");
    }

    @Test
    void an_unreachable_database_is_one_problem_and_kafka_is_checked_all_the_same() {
        environment.put("BACKFLEET_DATABASE_URL", "postgresql://postgres:hunter2@" + NOBODY + "/nowhere");
        assertThat(run("doctor")).isEqualTo(4);
        assertThat(lines("problem")).singleElement().asString().contains("problem   database  ", NOBODY + "/nowhere");
        assertThat(out.toString()).contains("topic doctor.tasks: ").doesNotContain("hunter2");
    }

    @Test
    void an_unreachable_kafka_is_one_problem_and_the_database_is_checked_all_the_same() {
        environment.put("BACKFLEET_KAFKA_BOOTSTRAP_SERVERS", NOBODY);
        assertThat(run("doctor")).isEqualTo(4);
        assertThat(lines("problem")).singleElement().asString().contains("kafka     Cannot reach Kafka at " + NOBODY);
        assertThat(out.toString()).contains("coordinator c1 leads");
    }

    @Test
    void a_server_that_does_not_answer_ends_no_other_check() throws IOException {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            environment.put(
                    "BACKFLEET_DATABASE_URL", "postgresql://postgres@127.0.0.1:" + silent.getLocalPort() + "/d");
            assertThat(run("doctor")).isEqualTo(4);
            assertThat(lines("problem"))
                    .singleElement()
                    .asString()
                    .contains(" database  cannot connect to jdbc:postgresql://127.0.0.1:", "no answer in time");
            assertThat(lines("warning"))
                    .containsExactly("warning   database  not checked for that reason: connections, connection pooler,"
                            + " control schema, clock, role of throttle.sql, coordinators and workers");
            assertThat(out.toString()).contains("topic doctor.tasks: ");
        }
    }

    @Test
    void topics_that_are_missing_are_told_with_the_prefix() {
        environment.put("BACKFLEET_TOPIC_PREFIX", "other");
        assertThat(run("doctor")).isEqualTo(4);
        assertThat(lines("problem"))
                .hasSize(3)
                .allMatch(line -> line.contains("there is no topic other.") && line.contains("check the topic prefix"));
    }

    @Test
    void a_role_without_grants_is_told_what_it_lacks() {
        rows.execute("create role stranger login");
        var url = rows.url().replaceFirst("\\?.*", "") + "?user=stranger";
        environment.put("BACKFLEET_DATABASE_URL", url);
        assertThat(run("doctor")).isEqualTo(4);
        assertThat(lines("problem"))
                .containsExactly("problem   database  the role may not use the schema backfleet;"
                        + " grant usage on it, or use the role that owns it; deploy/postgres has the grants");
        assertThat(lines("warning")).singleElement().asString().contains("grant pg_read_all_stats to it");

        rows.execute("grant usage on schema backfleet to stranger");
        assertThat(run("doctor")).isEqualTo(4);
        assertThat(lines("problem"))
                .anyMatch(
                        line -> line.contains("the role may not read audit, audit_head, control, cutover_watch and "));

        rows.execute("grant select on all tables in schema backfleet to stranger");
        rows.execute("grant pg_read_all_stats to stranger");
        assertThat(run("doctor")).as(out.toString()).isZero();
        assertThat(lines("warning")).singleElement().asString().contains("may not change audit, ");
    }

    @Test
    void a_newer_control_schema_and_a_fleet_that_stands_still_are_problems() {
        try (var other = new ControlRows()) {
            environment.put("BACKFLEET_DATABASE_URL", other.url());
            other.pauseFleet("ann", "night");
            assertThat(run("doctor")).as(out.toString()).isEqualTo(4);
            assertThat(lines("problem"))
                    .hasSize(3)
                    .anyMatch(line -> line.contains("THE FLEET IS PAUSED by ann"))
                    .anyMatch(line -> line.contains("no active coordinator"))
                    .anyMatch(line -> line.contains("no worker is alive"));
            other.execute(
                    "create or replace function backfleet.version() returns integer language sql as 'select 1000'");
            assertThat(run("doctor")).isEqualTo(4);
            assertThat(lines("problem")).singleElement().asString().contains("the control schema has version 1000");
        }
        environment.put("BACKFLEET_DATABASE_URL", SharedServers.freshDatabase());
        assertThat(run("doctor")).isEqualTo(4);
        assertThat(lines("problem")).singleElement().asString().contains("there is no schema backfleet yet");
    }

    @Test
    void a_read_only_server_is_told_once() {
        try (var other = new ControlRows()) {
            environment.put("BACKFLEET_DATABASE_URL", other.url());
            other.execute("update backfleet.leader set coordinator = 'c1', lease_until = now() + interval '1 day'");
            other.worker("w1", true);
            other.execute("update backfleet.worker set seen_at = now() + interval '1 day'");
            other.execute("do $$ begin execute format('alter database %I set default_transaction_read_only = on',"
                    + " current_database()); end $$");
            assertThat(run("doctor")).isEqualTo(4);
            assertThat(out.toString().lines().filter(line -> line.contains("read-only")))
                    .singleElement()
                    .asString()
                    .contains("problem   database  the server is a standby or read-only");
        }
    }

    @Test
    void an_unfinished_job_that_stands_still_is_a_warning_with_its_cause() {
        try (var other = new ControlRows()) {
            environment.put("BACKFLEET_DATABASE_URL", other.url());
            other.execute("update backfleet.leader set coordinator = 'c1', lease_until = now() + interval '1 day'");
            other.worker("w1", true);
            other.execute("update backfleet.worker set seen_at = now() + interval '1 day'");
            other.job("ended", "FAILED");
            other.job("moves", "RUNNING");
            other.job("rests", "PAUSED");
            var stuck = other.job("stuck", "RUNNING");
            other.shard(stuck, 1, "w1", 10, 10);
            other.execute("update backfleet.job set started_at = now() - interval '1 hour' where id = ?", stuck);
            other.execute("update backfleet.shard set last_batch_at = now() - interval '1 hour'");
            assertThat(run("doctor")).as(out.toString()).isZero();
            assertThat(lines("warning"))
                    .hasSize(2)
                    .anyMatch(line -> line.contains("fleet     job rests: ") && line.contains("backfleet resume rests"))
                    .anyMatch(line -> line.contains("fleet     job stuck: ") && line.contains("no batch"));
            assertThat(out.toString()).endsWith("0 problems, 2 warnings\n");
        }
    }

    @Test
    void a_program_reads_verdicts_and_no_password_is_printed() throws IOException {
        environment.put("BACKFLEET_DATABASE_PASSWORD", "hunter2");
        assertThat(run("doctor", "-o", "json")).as(out.toString()).isZero();
        assertThat(out.toString()).doesNotContain("hunter2").contains("BACKFLEET_DATABASE_PASSWORD = (not shown)");
        var first = new ObjectMapper().readTree(out.toString()).get(0);
        assertThat(first.fieldNames()).toIterable().containsExactly("area", "verdict", "text", "remedy");
        assertThat(first.get("verdict").textValue()).isEqualTo("ok");
    }

    @Test
    void a_wrong_value_is_a_problem_of_the_settings() {
        environment.put("BACKFLEET_START_TIMEOUT", "soon");
        assertThat(run("doctor")).isEqualTo(4);
        assertThat(lines("problem"))
                .singleElement()
                .asString()
                .contains("BACKFLEET_START_TIMEOUT: \"soon\" is not a duration");
    }

    @Test
    void the_role_of_a_specs_queries_is_checked_and_missed_only_if_a_job_has_queries() {
        var job = rows.job("with-query", "PAUSED");
        try {
            rows.execute(
                    "insert into backfleet.throttle (job_id, wanted) values (?, '{\"probe\": null, \"sql\": [{}]}')",
                    job);
            run("doctor");
            assertThat(lines("warning")).anySatisfy(line -> assertThat(line)
                    .contains("throttle.sql or throttle.probe of with-query runs as the coordinator's role")
                    .contains("set BACKFLEET_THROTTLE_DATABASE_USER"));
        } finally {
            rows.execute("delete from backfleet.job");
        }
        environment.put("BACKFLEET_THROTTLE_DATABASE_USER", "postgres");
        assertThat(run("doctor")).isEqualTo(4);
        assertThat(lines("problem"))
                .singleElement()
                .asString()
                .contains(
                        "the role postgres of BACKFLEET_THROTTLE_DATABASE_USER may do more than read: it is a superuser");
        rows.execute("create role doctor_throttle login");
        environment.put("BACKFLEET_THROTTLE_DATABASE_USER", "doctor_throttle");
        assertThat(run("doctor")).as(out.toString()).isZero();
        assertThat(lines("ok"))
                .contains("ok        database  the role of throttle.sql and throttle.probe may read, and nothing else");
    }
}
