package dev.backfleet.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.kafka.setup.KafkaFailureTranslator;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.embedded.SharedServers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that read, through the whole command line on a real PostgreSQL: output, messages, exit codes. */
@Tag("server")
class ReadingCommandsTest {

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ControlRows rows;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void fill() {
        rows = new ControlRows();
        var job = rows.job("names", "RUNNING");
        rows.worker("w-1", true);
        rows.shard(job, 1, "DONE", 400, 390);
        rows.shard(job, 2, "w-1", 100, 10);
        rows.shard(rows.job("good", "SUCCEEDED"), 1, "DONE", 1000, 1000);
        var bad = rows.job("bad", "FAILED");
        rows.execute("update backfleet.job set error = 'shard 3: 22001 too long' where id = ?", bad);
        rows.execute("update backfleet.job set error = 'the table is another' where id = ?", rows.job("ill", "HALTED"));
        rows.execute("update backfleet.job set reason = 'cancelled by ann' where id = ?", rows.job("off", "CANCELLED"));
    }

    @AfterAll
    static void close() {
        rows.close();
    }

    private int run(String... arguments) {
        return run(Map.of("BACKFLEET_DATABASE_URL", rows.url()), arguments);
    }

    private int run(Map<String, String> environment, String... arguments) {
        var commands = BackfleetCommandLine.create(
                Backfleet.root(arguments), environment, new ConnectionFailures(), new KafkaFailureTranslator());
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    private static List<String> names(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void the_status_as_json_has_the_promised_fields_in_their_order() throws IOException {
        assertThat(run("status", "names", "-o", "json")).isZero();
        assertThat(names(json()))
                .containsExactly(
                        "id",
                        "name",
                        "table",
                        "state",
                        "rows",
                        "percent",
                        "shards",
                        "rate",
                        "etaSeconds",
                        "etaRange",
                        "etaNote",
                        "submittedAt",
                        "startedAt",
                        "finishedAt",
                        "error",
                        "reason",
                        "workers",
                        "fleetPaused",
                        "throttle",
                        "lastBatchAt",
                        "settings",
                        "window",
                        "pausedTenants",
                        "wave",
                        "trouble",
                        "findings",
                        "activity",
                        "time",
                        "deadline",
                        "problems",
                        "shardMap",
                        "shardMapNote",
                        "cost");
        assertThat(names(json().get("problems").get(0)))
                .containsExactly("code", "severity", "since", "message", "remedy", "goesOnByItself");
        assertThat(names(json().get("rows")))
                .containsExactly("estimated", "changed", "walked", "quarantined", "dismissed");
        assertThat(names(json().get("shards")))
                .containsExactly("total", "pending", "dispatched", "running", "done", "failed");
        assertThat(names(json().get("rate"))).containsExactly("limit", "current");
        assertThat(names(json().get("settings")))
                .containsExactly(
                        "concurrency",
                        "batchDuration",
                        "walBytesPerSecond",
                        "priority",
                        "triggers",
                        "errorBudgetRows",
                        "errorBudgetRatio");
        assertThat(names(json().get("throttle")))
                .containsExactly("factor", "signal", "value", "threshold", "unit", "level", "note", "costSeconds");
        assertThat(json().get("rows").get("changed").asLong()).isEqualTo(400);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void the_status_of_the_fleet_names_its_servers_and_the_jobs_with_problems_first() throws IOException {
        assertThat(run("status")).isZero();
        assertThat(out.toString())
                .contains("no active coordinator: nothing is planned or dispatched; 'backfleet coordinator' starts one")
                .contains("database     jdbc:postgresql://")
                .contains("coordinator  none leads")
                .containsPattern("workers      [01] alive, ")
                .contains("jobs         2 unfinished")
                .contains("ill: ");
        out.getBuffer().setLength(0);
        assertThat(run("status", "-o", "json")).isZero();
        assertThat(names(json()))
                .containsExactly("at", "database", "kafka", "topicPrefix", "leader", "problems", "workers", "jobs");
        assertThat(json().get("jobs").findValuesAsText("name")).containsExactly("ill", "names");
        assertThat(json().get("problems").get(0).get("code").asText()).isEqualTo("no-coordinator");
    }

    @Test
    void a_job_is_found_by_name_and_by_id() throws IOException {
        assertThat(run("status", "good", "-o", "json")).isZero();
        var id = json().get("id").asText();
        out.getBuffer().setLength(0);
        assertThat(run("status", id, "-o", "json")).isZero();
        assertThat(json().get("name").asText()).isEqualTo("good");
    }

    @Test
    void the_status_as_text_begins_with_the_state_and_what_is_wrong() {
        assertThat(run("status", "bad")).isZero();
        assertThat(out.toString().lines())
                .startsWith("state      FAILED", "           shard 3: 22001 too long", "job        bad (id 3)");
    }

    @Test
    void jobs_are_a_table_with_those_that_are_not_over_first() {
        assertThat(run("jobs")).isZero();
        assertThat(out.toString().lines().map(line -> line.strip().split(" +")[1]))
                .containsExactly("NAME", "ill", "names", "off", "bad", "good");
    }

    @Test
    void jobs_as_json_are_a_list_of_statuses() throws IOException {
        assertThat(run("jobs", "--all", "-o", "json")).isZero();
        assertThat(json()).hasSize(5);
        assertThat(json().get(0).get("state").asText()).isEqualTo("HALTED");
    }

    @Test
    void workers_are_shown_with_what_they_hold() throws IOException {
        assertThat(run("workers")).isZero();
        assertThat(out.toString()).contains("w-1  host   17     1      4").contains("1/2");
        out.getBuffer().setLength(0);
        assertThat(run("workers", "-o", "json")).isZero();
        assertThat(names(json().get(0)))
                .containsExactly(
                        "id",
                        "host",
                        "pid",
                        "slots",
                        "busy",
                        "taking",
                        "notAccepting",
                        "startedAt",
                        "seenAt",
                        "alive",
                        "shards",
                        "recentBatches",
                        "problems");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        good | 0 |
        bad  | 1 | backfleet: job bad (id 3) FAILED: shard 3: 22001 too long
        ill  | 1 | backfleet: job ill (id 4) HALTED: the table is another
        off  | 1 | backfleet: job off (id 5) CANCELLED: cancelled by ann
        """)
    void watching_a_job_that_is_at_rest_ends_with_its_result(String job, int code, String message) {
        assertThat(run("watch", job)).isEqualTo(code);
        assertThat(err.toString().strip()).isEqualTo(message == null ? "" : message);
        assertThat(out.toString().lines()).isNotEmpty().first().asString().contains(" " + job + " ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "watch", "pause", "resume", "cancel"})
    void a_job_that_does_not_exist_gives_5(String command) {
        for (var job : List.of("nothing", "99", "99999999999999999999")) {
            assertThat(run(command, job)).isEqualTo(5);
        }
        assertThat(err.toString().lines())
                .filteredOn(line -> !line.startsWith("backfleet: fleet: "))
                .containsExactly(
                        "backfleet: no job nothing: 'backfleet jobs' lists them",
                        "backfleet: no job 99: 'backfleet jobs' lists them",
                        "backfleet: no job 99999999999999999999: 'backfleet jobs' lists them");
    }

    @ParameterizedTest
    @CsvSource({
        "status a b",
        "jobs names",
        "jobs -o xml",
        "watch",
        "watch a --every 5",
        "watch a --every 1ms",
        "status a --nothing",
        "nothing"
    })
    void a_wrong_command_line_gives_2(String arguments) {
        assertThat(run(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString()).startsWith("backfleet: ").contains("--help'");
    }

    @Test
    void without_a_database_named_the_message_says_how_to_name_one() {
        assertThat(run(Map.of(), "jobs")).isEqualTo(2);
        assertThat(err.toString()).contains("BACKFLEET_DATABASE_URL").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jobs", "watch names"})
    void a_wrong_port_gives_3_and_one_line(String command) throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = socket.getLocalPort();
            socket.close();
            assertCannotConnect(
                    "jdbc:postgresql://127.0.0.1:" + port + "/app?user=ann", command, "no server listens there");
        }
    }

    @Test
    void a_wrong_database_gives_3_and_one_line() {
        assertCannotConnect(rows.url().replaceFirst("/fresh_[0-9]+", "/nowhere"), "jobs", "no such database");
    }

    @Test
    void a_wrong_password_gives_3_and_one_line() throws IOException {
        rows.execute("create role ann login password 'right'");
        rows.requirePassword("ann");
        var url = rows.url().replaceFirst("\\?.*", "") + "?user=ann&password=wrong";
        assertCannotConnect(url, "jobs", "wrong password for user ann");
    }

    @Test
    void a_database_without_the_control_schema_gives_3_and_says_how_to_make_it() {
        assertCannotConnect(SharedServers.freshDatabase(), "status 1", "has no schema backfleet yet");
    }

    private void assertCannotConnect(String url, String command, String reason) {
        assertThat(run(Map.of("BACKFLEET_DATABASE_URL", url, "BACKFLEET_START_TIMEOUT", "0s"), command.split(" ")))
                .isEqualTo(3);
        assertThat(err.toString()).contains(reason).hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }
}
