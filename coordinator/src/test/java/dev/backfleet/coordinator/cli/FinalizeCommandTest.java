package dev.backfleet.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.ControlRows;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Waiting until a job is complete: what is waited for, and the code with which the wait ends. */
@Tag("server")
class FinalizeCommandTest {

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ControlRows rows;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void open() {
        rows = new ControlRows();
    }

    @AfterAll
    static void close() {
        rows.close();
    }

    @AfterEach
    void forget() {
        rows.execute("delete from backfleet.job");
    }

    private int run(String... arguments) {
        var commands = BackfleetCommandLine.create(
                Backfleet.root(arguments), Map.of("BACKFLEET_DATABASE_URL", rows.url()), new ConnectionFailures());
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SUCCEEDED | | 0 | has SUCCEEDED, and no row is in quarantine",
                "RUNNING | | 7 | is RUNNING",
                "PLANNING | | 7 | is being planned",
                "PAUSED | reason = 'paused by ann: lunch' | 7 | is PAUSED (paused by ann: lunch)",
                "FAILED | error = 'shard 3: 22001 too long' | 1 | is FAILED (shard 3: 22001 too long)",
                "HALTED | error = 'the table is another' | 1 | is HALTED (the table is another)",
                "CANCELLED | reason = 'cancelled by ann' | 1 | is CANCELLED (cancelled by ann)",
                "SUCCEEDED | quarantined = 1 | 9 | has SUCCEEDED, but 1 row is in quarantine: 'backfleet quarantine names' lists "
                        + "them, --retry changes them, --drop dismisses them",
                "SUCCEEDED | dismissed = 3 | 0 | has SUCCEEDED, and no row is in quarantine; 3 rows were dismissed and not changed: "
                        + "see 'backfleet history names'",
                "SUCCEEDED | dismissed = 3, quarantined = 1 | 9 | has SUCCEEDED, but 1 row is in quarantine: 'backfleet "
                        + "quarantine names' lists them, --retry changes them, --drop dismisses them",
                "SUCCEEDED | rows_matching = 2 | 9 | has SUCCEEDED, but at least 2 rows are not changed: see "
                        + "'backfleet status names'",
            })
    void a_check_without_a_wait_says_how_far_the_job_is(String state, String set, int code, String words) {
        var job = rows.job("names", state);
        if (set != null) {
            rows.execute("update backfleet.job set " + set);
        }
        assertThat(run("finalize", "names", "--timeout", "0s")).isEqualTo(code);
        var line = "job names (id " + job + ") " + words + "\n";
        assertThat(out + err.toString()).isEqualTo(code == 0 ? line : "backfleet: " + line);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "",
            value = {
                "SUCCEEDED, , 0, COMPLETE",
                "SUCCEEDED, dismissed = 3, 0, DISMISSED",
                "SUCCEEDED, quarantined = 2, 9, QUARANTINED",
                "CANCELLED, , 1, NOT_SUCCEEDED",
                "RUNNING, , 7, UNFINISHED"
            })
    void a_program_reads_how_the_wait_ended_also_when_the_job_is_not_complete(
            String state, @Nullable String set, int code, String completion) throws IOException {
        var job = rows.job("names", state);
        if (set != null) {
            rows.execute("update backfleet.job set " + set);
        }
        assertThat(run("finalize", "names", "--timeout", "0s", "-o", "json")).isEqualTo(code);
        var result = new ObjectMapper().readTree(out.toString());
        assertThat(result.fieldNames())
                .toIterable()
                .containsExactly("id", "name", "state", "completion", "quarantined", "dismissed", "leftOut", "message");
        assertThat(result.get("id").asLong()).isEqualTo(job);
        assertThat(result.get("state").asText()).isEqualTo(state);
        assertThat(result.get("completion").asText()).isEqualTo(completion);
        assertThat(err.toString()).contains(result.get("message").asText());
    }

    @Test
    void rows_that_somebody_has_dismissed_are_a_failure_only_if_asked_for() {
        var job = rows.job("names", "SUCCEEDED");
        assertThat(run("finalize", "names", "--strict")).isZero();
        rows.execute("update backfleet.job set dismissed = 1");
        assertThat(run("finalize", "names")).isZero();
        assertThat(run("finalize", "names", "--strict")).isEqualTo(9);
        assertThat(err.toString())
                .isEqualTo("backfleet: job names (id " + job
                        + ") has SUCCEEDED, and no row is in quarantine; 1 row was dismissed "
                        + "and not changed: see 'backfleet history names'\n");
    }

    @Test
    void a_wait_that_took_too_long_says_so_and_how_far_the_job_is() {
        var job = rows.job("names", "RUNNING");
        assertThat(run("finalize", "names", "--timeout", "10ms")).isEqualTo(7);
        assertThat(out.toString()).isEqualTo("job names (id " + job + ") is RUNNING\n");
        assertThat(err.toString())
                .isEqualTo("backfleet: not complete after 10ms: job names (id " + job + ") is RUNNING, 0.0 % done\n");
    }

    @Test
    void it_waits_for_the_end_and_then_for_an_empty_quarantine() {
        var job = rows.job("names", "RUNNING");
        var code = CompletableFuture.supplyAsync(() -> run("finalize", "names"));
        awaitLine("is RUNNING");
        rows.execute("update backfleet.job set state = 'SUCCEEDED', finished_at = now(), quarantined = 3");
        awaitLine("has SUCCEEDED, but 3 rows are in quarantine");
        assertThat(code).isNotDone();
        rows.execute("update backfleet.job set quarantined = 1");
        awaitLine("but 1 row is in quarantine");
        rows.execute("update backfleet.job set quarantined = 0");
        assertThat(code).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(0);
        assertThat(out.toString().lines()).hasSize(4).allSatisfy(line -> assertThat(line)
                .startsWith("job names (id " + job + ") "));
        assertThat(err.toString()).isEmpty();
    }

    private void awaitLine(String part) {
        await().atMost(Duration.ofSeconds(60)).until(() -> out.toString().contains(part));
    }

    @Test
    void it_ends_at_once_when_the_job_can_no_longer_be_complete() {
        rows.job("names", "RUNNING");
        var code = CompletableFuture.supplyAsync(() -> run("finalize", "names", "--timeout", "1h"));
        awaitLine("is RUNNING");
        rows.execute("update backfleet.job set state = 'CANCELLED', finished_at = now(), reason = 'cancelled by bob'");
        assertThat(code).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(1);
        assertThat(err.toString()).contains("is CANCELLED (cancelled by bob)");
    }

    @ParameterizedTest
    @CsvSource({
        "finalize nothing, 5",
        "finalize, 2",
        "finalize names --timeout 5, 2",
        "finalize names --timeout soon, 2"
    })
    void a_wrong_command_is_refused(String command, int code) {
        assertThat(run(command.split(" "))).isEqualTo(code);
        assertThat(err.toString()).startsWith("backfleet: ");
    }
}
