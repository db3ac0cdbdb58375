package dev.backfleet.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.kafka.setup.KafkaFailureTranslator;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.ControlRows;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows in quarantine and FAILED shards, through the whole command line on a real PostgreSQL. */
@Tag("server")
class QuarantineCommandTest {

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ControlRows rows;

    private static long job;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void open() {
        rows = new ControlRows();
        rows.execute("create table t (id bigint primary key, n smallint default 0)");
        rows.execute("insert into t values (1), (2), (3)");
        job = rows.job("names", "SUCCEEDED");
        var oid = Long.parseLong(select("select 't'::regclass::oid::bigint"));
        var definition = new JobDefinition(
                new JobDefinition.Table(oid, "public", "t"),
                List.of(new KeyColumn("id", 1, "bigint")),
                false,
                new UpdateRows(List.of(new Assignment("n", 2, "n + 1")), null, Triggers.FIRE),
                1_000,
                Duration.ofMillis(100),
                1_000);
        rows.execute("update backfleet.job set definition = ?::jsonb", JobDefinition.JSON.write(definition));
        rows.execute("insert into backfleet.job_relation values (?, ?, 'public', 't')", job, oid);
        rows.shard(job, 1, "DONE", 3, 0);
    }

    @AfterAll
    static void close() {
        rows.close();
    }

    @BeforeEach
    void twoRowsInQuarantine() {
        rows.execute("update backfleet.job set state = 'SUCCEEDED', finished_at = now(), quarantined = 2");
        rows.execute("delete from backfleet.quarantine");
        rows.execute("alter table backfleet.quarantine alter id restart with 1");
        rows.execute(
                "insert into backfleet.quarantine (job_id, shard, relation, key, sqlstate, message, at, epoch, worker) "
                        + "select ?, 1, 't'::regclass, array[i::text], '22003', 'numeric value out of range', "
                        + "'2026-11-21 10:00:00+00', 1, 'w' from generate_series(1, 2) i",
                job);
        rows.execute("update t set n = case when id = 3 then 1 else 0 end");
        rows.execute("update backfleet.shard set rows_changed = 1");
    }

    private int run(String... arguments) {
        var commands = BackfleetCommandLine.create(
                Backfleet.root(arguments),
                Map.of("BACKFLEET_DATABASE_URL", rows.url()),
                new ConnectionFailures(),
                new KafkaFailureTranslator());
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    private static String select(String sql) {
        return rows.database().jdbi().withHandle(handle -> handle.createQuery(sql)
                .mapTo(String.class)
                .one());
    }

    @Test
    void the_rows_are_listed_by_their_key_with_the_reason() {
        assertThat(run("quarantine", "names", "--limit", "1")).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "ROWS  SQLSTATE  MESSAGE",
                        "   2  22003     numeric value out of range",
                        "correct the data, or the expression with --set; then 'backfleet quarantine names --retry'; "
                                + "'--explain --key K' prints all that PostgreSQL says about a row",
                        "",
                        "NUMBER  id  SQLSTATE  MESSAGE                     SHARD  RETRIES  AT",
                        "     1  1   22003     numeric value out of range      1        0  2026-11-21 10:00:00 UTC");
        assertThat(err.toString().strip()).isEqualTo("more: --after 1");
    }

    @Test
    void a_program_gets_all_of_it() throws IOException {
        assertThat(run("quarantine", "names", "-o", "json", "--after", "1")).isZero();
        var page = new ObjectMapper().readTree(out.toString());
        assertThat(page.path("quarantined").asInt()).isEqualTo(2);
        assertThat(page.path("reasons").get(0).path("rows").asInt()).isEqualTo(2);
        assertThat(page.path("keyColumns").get(0).asText()).isEqualTo("id");
        assertThat(page.path("rows").get(0).path("key").get(0).asText()).isEqualTo("2");
        assertThat(page.path("rows").get(0).path("sqlState").asText()).isEqualTo("22003");
        assertThat(page.path("next").isNull()).isTrue();
    }

    @Test
    void a_job_that_succeeded_with_rows_in_quarantine_says_so_everywhere() throws IOException {
        assertThat(run("watch", "names")).isEqualTo(9);
        assertThat(err.toString()).contains("SUCCEEDED, but 2 rows are in quarantine and not changed");
        assertThat(run("status", "names")).isZero();
        assertThat(out.toString()).contains("2 rows are in quarantine and not changed; 'backfleet quarantine names'");
        out.getBuffer().setLength(0);
        assertThat(run("jobs", "-o", "json")).isZero();
        assertThat(new ObjectMapper()
                        .readTree(out.toString())
                        .get(0)
                        .path("rows")
                        .path("quarantined")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void retrying_changes_what_can_be_changed_and_ends_with_9_while_something_stays() {
        rows.execute("update t set n = 32767 where id = 2");
        assertThat(run("quarantine", "names", "--retry")).isEqualTo(9);
        assertThat(out.toString().strip()).isEqualTo("retried: 1 changed, 1 rejected again");
        assertThat(run("quarantine", "names", "--retry", "--key", "2", "--set", "n=0"))
                .isEqualTo(2);
        assertThat(run("quarantine", "names", "--retry", "--set", "n=0")).isZero();
        assertThat(out.toString()).contains("retried: 1 changed\n");
        assertThat(select("select string_agg(n::text, ' ' order by id) from t")).isEqualTo("1 0 1");
        assertThat(select("select quarantined from backfleet.job")).isEqualTo("0");
        assertThat(run("watch", "names")).isZero();
        rows.execute("update backfleet.job set definition = jsonb_set(definition, '{set,0,expression}', '\"n + 1\"')");
    }

    @Test
    void a_row_is_explained_in_postgresqls_words_which_cannot_control_the_terminal() {
        rows.execute("alter table t add v text default E'\\x1b[31mred', add constraint few check (n < 1 or id > 2)");
        try {
            assertThat(run("quarantine", "names", "--explain", "--key", "1")).isEqualTo(9);
            assertThat(out.toString()).startsWith("""
                            row (1) of public.t: PostgreSQL rejects the change; it was rolled back
                              23514: new row for relation "t" violates check constraint "few"
                              detail: Failing row contains (1, 1, \uFFFD[31mred).
                            """).contains("  constraint: few\n");
            assertThat(err.toString()).isEmpty();
            assertThat(run("quarantine", "names", "--explain", "--key", "1", "--set", "n=n"))
                    .isZero();
            assertThat(out.toString())
                    .endsWith("row (1) of public.t: PostgreSQL accepts the change now; it was rolled back\n");
        } finally {
            rows.execute("alter table t drop v, drop constraint few");
        }
        assertThat(select("select sum(n) from t")).isEqualTo("1");
    }

    @Test
    void rows_of_a_halted_job_are_retried_and_it_is_said_that_it_is_still_halted() {
        rows.execute("update backfleet.job set state = 'HALTED', finished_at = null");
        assertThat(run("quarantine", "names", "--retry")).isZero();
        assertThat(out.toString())
                .isEqualTo("retried: 2 changed\nnames is still HALTED: 'backfleet resume names' resumes it\n");
    }

    @Test
    void dismissing_rows_is_done_and_printed() {
        assertThat(run("quarantine", "names", "--drop", "--key", "1")).isZero();
        assertThat(out.toString().strip()).isEqualTo("dismissed 1 row of names: they stay unchanged");
        assertThat(run("quarantine", "names", "--drop", "--key", "1")).isEqualTo(2);
        assertThat(err.toString()).contains("no row with the key (1) is in quarantine");
    }

    @Test
    void an_empty_quarantine_has_nothing_to_retry_and_nothing_to_dismiss() {
        rows.execute("delete from backfleet.quarantine");
        rows.execute("update backfleet.job set quarantined = 0");
        assertThat(run("quarantine", "names", "--retry")).isZero();
        assertThat(run("quarantine", "names", "--drop")).isZero();
        assertThat(run("retry", "names")).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "nothing to retry: no row of names is in quarantine",
                        "nothing to dismiss: no row of names is in quarantine",
                        "nothing to retry: job names is SUCCEEDED and has no FAILED shard");
        assertThat(err.toString()).doesNotContain("backfleet: job");
    }

    @ParameterizedTest
    @CsvSource({
        "PAUSED, job names is PAUSED: its rows are not changed; 'backfleet resume names' resumes it",
        "CANCELLED, job names is CANCELLED: its rows are not changed",
    })
    void rows_of_a_stopped_job_are_not_retried(String state, String message) {
        rows.execute(
                "update backfleet.job set state = ?, finished_at = case when ? = 'CANCELLED' then now() end",
                state,
                state);
        assertThat(run("quarantine", "names", "--retry")).isEqualTo(6);
        assertThat(err.toString().strip()).endsWith("\nbackfleet: " + message);
        assertThat(select("select sum(n) from t")).isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource({
        "--retry --drop, --retry and --drop cannot be combined",
        "--key 1, '--key requires --retry, --drop or --explain'",
        "--explain --retry --key 1, --explain cannot be combined with --retry or --drop",
        "--explain, --explain requires --key",
        "--explain --key 1 -o json, --explain prints text only",
        "--explain --key 7, no row with the key (7) is in quarantine",
        "--explain --key 1 --set m=1, --set m: the job does not set this column",
        "--drop --set n=1, --set and --drop cannot be combined",
        "--retry --limit 5, --after and --limit apply only to the list",
        "--limit 1001, --limit must be between 1 and 1000",
        "--retry --key 1 --key 2, the key of names is (id): give --key once for each column",
        "--retry --set n, --set n: write COLUMN=EXPRESSION",
        "--retry --set n=(1, '--set n: \"(\" at character 1 is never closed; close it'",
        "--retry --set m=1, --set m: the job does not set this column",
    })
    void what_makes_no_sense_is_refused_and_nothing_is_done(String arguments, String message) {
        assertThat(run(("quarantine names " + arguments).split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(message);
        assertThat(select("select sum(n) from t")).isEqualTo("1");
    }

    @Test
    void failed_shards_are_retried_and_the_job_runs_again() {
        rows.shard(job, 2, "FAILED", 0, 0);
        rows.execute("update backfleet.job set state = 'FAILED', error = 'shard 2'");
        assertThat(run("retry", "names")).isZero();
        assertThat(out.toString().strip()).isEqualTo("retrying 1 shard of names, which is RUNNING");
        assertThat(run("retry", "names")).isZero();
        assertThat(out.toString())
                .endsWith("nothing to retry: job names is RUNNING and has no FAILED shard; "
                        + "'backfleet quarantine names --retry' retries the rows in quarantine\n");
        rows.execute("delete from backfleet.shard where number = 2");
    }
}
