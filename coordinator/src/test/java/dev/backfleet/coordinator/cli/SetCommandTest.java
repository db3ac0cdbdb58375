package dev.backfleet.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.kafka.setup.KafkaFailureTranslator;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.ControlRows;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings that are changed while a job runs, through the whole command line on a real PostgreSQL. */
@Tag("server")
class SetCommandTest {

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ControlRows rows;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void open() {
        rows = new ControlRows();
        rows.job("names", "RUNNING");
        rows.job("over", "SUCCEEDED");
    }

    @AfterAll
    static void close() {
        rows.close();
    }

    @BeforeEach
    void asSubmitted() {
        rows.execute("truncate backfleet.audit");
        rows.execute("update backfleet.job set rate_limit = 50000, wal_limit = null, wal_rows = null, concurrency = 8, "
                + "batch_seconds = null, row_timeout = 1.5, priority = 'NORMAL', budget_rows = 1000, budget_ratio = 0.001, "
                + "work_window = null, opens_at = null, closes_at = null");
    }

    private int set(String arguments) {
        return run(("set " + arguments).split(" "));
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

    private static List<String> select(String sql) {
        return rows.database().jdbi().withHandle(handle -> handle.createQuery(sql)
                .mapTo(String.class)
                .list());
    }

    private static String stored(String columns) {
        return select("select concat_ws(' ', " + columns + ") from backfleet.job where name = 'names'")
                .get(0);
    }

    @Test
    void settings_are_stored_and_printed_with_old_and_new_values() {
        assertThat(set("names --rate 20k --concurrency 4 --batch-duration 50ms --priority low"))
                .isZero();
        assertThat(out.toString().strip())
                .isEqualTo("set names: rate from 50000 to 20000, concurrency from 8 to 4, "
                        + "batch-duration from 100ms to 50ms, priority from normal to low");
        assertThat(stored("rate_limit, concurrency, batch_seconds, priority")).isEqualTo("20000 4 0.05 LOW");
    }

    @Test
    void the_time_of_one_row_is_set() {
        assertThat(set("names --row-timeout 3s")).isZero();
        assertThat(out.toString().strip()).isEqualTo("set names: row-timeout from 1500ms to 3s");
        assertThat(stored("row_timeout")).isEqualTo("3");
        assertThat(set("names --row-timeout 1ms")).isEqualTo(2);
        assertThat(err.toString()).contains("--row-timeout: ");
    }

    @Test
    void an_error_budget_is_set_also_of_a_job_that_has_spent_it() {
        rows.execute("update backfleet.job set state = 'HALTED' where name = 'names'");
        assertThat(set("names --error-budget-rows 5000 --error-budget-ratio 2.5%"))
                .isZero();
        rows.execute("update backfleet.job set state = 'RUNNING' where name = 'names'");
        assertThat(out.toString().strip())
                .isEqualTo("set names: error-budget-rows from 1000 to 5000, error-budget-ratio from 0.1% to 2.5%");
        assertThat(stored("budget_rows, budget_ratio")).isEqualTo("5000 0.025");
    }

    @Test
    void a_deadline_is_set_moved_and_lifted() {
        assertThat(set("names --deadline 2026-12-24T06:00:00+01:00")).isZero();
        assertThat(set("names --deadline 2026-12-24T05:30:00Z")).isZero();
        assertThat(stored("deadline = '2026-12-24 05:30:00+00'")).isEqualTo("t");
        assertThat(set("names --deadline none")).isZero();
        assertThat(stored("coalesce(deadline::text, 'none')")).isEqualTo("none");
        assertThat(out.toString())
                .contains(
                        "deadline from none to 2026-12-24 05:00:00 UTC",
                        "deadline from 2026-12-24 05:00:00 UTC to 2026-12-24 05:30:00 UTC",
                        "deadline from 2026-12-24 05:30:00 UTC to none");
    }

    @Test
    void none_lifts_a_limit() {
        assertThat(set("names --wal-rate 20MB")).isZero();
        assertThat(stored("wal_limit, wal_rows is not null")).isEqualTo("20971520 t");
        assertThat(set("names --rate none --wal-rate none --concurrency none")).isZero();
        assertThat(stored("rate_limit, wal_limit, wal_rows, concurrency")).isEqualTo("10000");
        assertThat(out.toString()).contains("rate from 50000 to none, wal-rate from 20MB to none");
    }

    @Test
    void who_changed_what_and_when_is_kept() {
        assertThat(set("names --rate 10 --priority high")).isZero();
        assertThat(select("select concat_ws(' ', who, role, job_id, job_name, action, setting, old_value, new_value) "
                        + "from backfleet.audit where at > now() - interval '1 h' order by id"))
                .containsExactly(
                        System.getProperty("user.name") + " "
                                + select("select current_user").get(0) + " 1 names set rate 50000 10",
                        System.getProperty("user.name") + " "
                                + select("select current_user").get(0) + " 1 names set priority normal high");
    }

    @Test
    void what_is_so_already_is_neither_a_change_nor_an_error() {
        assertThat(set("names --rate 50000 --batch-duration 100ms")).isZero();
        assertThat(out.toString().strip()).isEqualTo("names has these settings already");
        assertThat(select("select setting from backfleet.audit")).isEmpty();
    }

    @Test
    void a_program_reads_the_changes_as_json() throws IOException {
        assertThat(set("names --rate none -o json")).isZero();
        assertThat(new ObjectMapper().readTree(out.toString()))
                .isEqualTo(
                        new ObjectMapper()
                                .readTree(
                                        "{\"id\":1,\"changes\":[{\"setting\":\"rate\",\"before\":\"50000\",\"now\":\"none\"}]}"));
    }

    @Test
    void what_a_row_was_measured_to_cost_is_kept_when_the_limit_in_wal_changes() {
        assertThat(set("names --wal-rate 10MB")).isZero();
        rows.execute("update backfleet.job set wal_rows = 500 where name = 'names'");
        assertThat(set("names --wal-rate 20MB")).isZero();
        assertThat(stored("wal_rows")).isEqualTo("1000");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        names                        | 2 | nothing to set: give --rate, --wal-rate, --concurrency, --batch-duration, --row-timeout, --priority, --error-budget-rows, --error-budget-ratio, --window or --deadline
        names --rate 0               | 2 | --rate: 0 is out of range; write a number from 1 to 10000000, or none
        names --rate fast            | 2 | --rate: "fast" is not a number such as 5000, 5k or 1.5M; write a number from 1 to 10000000, or none
        names --wal-rate 20          | 2 | --wal-rate: "20" is not an amount of data; write 512kB, 20MB or 1GB
        names --concurrency 0        | 2 | --concurrency: 0 is out of range; write a number from 1 to 10000
        names --batch-duration 600ms | 2 | --batch-duration: 600ms is too long for this server: a batch must end before deadlock_timeout; write at most 500ms
        names --priority urgent      | 2 | --priority: "urgent" is not known here; write low or normal or high
        names --error-budget-ratio 5 | 2 | --error-budget-ratio: "5" is not a percentage; write a share from 0% to 100%, such as 0.1%
        names --window 22:00         | 2 | --window: "22:00" is not two times of the day; write it like 22:00-06:00
        names --window 22:00-06:00,Berlin | 2 | --window: "Berlin" is not a time zone; write Europe/Berlin or UTC, say
        names --window 22:00-06:00,UTC,monday | 2 | --window: "monday" is not a day; write mon, tue, wed, thu, fri, sat or sun
        names --window 22:00-06:00,mon,mon | 2 | --window: mon is there twice; remove one of them
        names --window 22:00-22:00   | 2 | --window: 22:00-22:00 ends where it begins; write 00:00-24:00 for a whole day
        names --deadline tomorrow    | 2 | --deadline: "tomorrow" is not a date with a time and a time zone; write it like 2026-12-24 06:00 Europe/Berlin or 2026-12-24T05:00:00Z
        nothing --rate 5             | 5 | no job nothing: 'backfleet jobs' lists them
        over --rate 5                | 6 | job over is SUCCEEDED: its settings can no longer be changed
        """)
    void a_mistake_changes_nothing_and_says_what_to_write(String arguments, int code, String message) {
        assertThat(set(arguments)).isEqualTo(code);
        assertThat(err.toString()).contains("backfleet: " + message);
        assertThat(out.toString()).isEmpty();
        assertThat(stored("rate_limit, wal_limit, concurrency, batch_seconds, priority"))
                .isEqualTo("50000 8 NORMAL");
        assertThat(select("select setting from backfleet.audit")).isEmpty();
    }

    @Test
    void a_window_is_added_changed_and_removed_and_holds_at_once() {
        var job = rows.job("nightly", "RUNNING");
        rows.shard(job, 1, "DISPATCHED", 0, 0);
        var open = "select coalesce(backfleet.is_open(opens_at, closes_at)::text, 'null') || ' ' || s.state "
                + "from backfleet.job j join backfleet.shard s on s.job_id = j.id where j.id = " + job;
        var day = select("select lower(to_char(now() at time zone 'UTC' + interval '3 days', 'dy'))")
                .get(0);
        assertThat(run("set", "nightly", "--window", "22:00-24:00 UTC " + day)).isZero();
        assertThat(select(open)).containsExactly("false PENDING");
        assertThat(run("set", "nightly", "--window", "00:00-23:59 Pacific/Apia"))
                .isZero();
        assertThat(out.toString())
                .contains("set nightly: window from none to 22:00-24:00 UTC " + day)
                .contains("set nightly: window from 22:00-24:00 UTC " + day + " to 00:00-23:59 Pacific/Apia");
        assertThat(select("select closes_at - opens_at from backfleet.job where id = " + job))
                .containsExactly("23:59:00");
        assertThat(run("set", "nightly", "--window", "none")).isZero();
        assertThat(select(open)).containsExactly("true PENDING");
        assertThat(
                        select(
                                "select old_value || ' > ' || new_value from backfleet.audit where setting = 'window' order by id"))
                .containsExactly(
                        "none > 22:00-24:00 UTC " + day,
                        "22:00-24:00 UTC " + day + " > 00:00-23:59 Pacific/Apia",
                        "00:00-23:59 Pacific/Apia > none");
        assertThat(run("set", "nightly", "--window", "00:00-24:00"))
                .as("all the time is no window")
                .isZero();
        assertThat(out.toString()).endsWith("nightly has these settings already\n");
        rows.execute("delete from backfleet.job where id = ?", job);
    }

    @Test
    void tasks_for_slots_that_the_job_may_no_longer_use_are_revoked() {
        var job = rows.job("queued", "RUNNING");
        rows.shard(job, 1, "DISPATCHED", 0, 0);
        rows.shard(job, 2, "DISPATCHED", 0, 0);
        assertThat(set("queued --concurrency 2")).isZero();
        var states = "select state from backfleet.shard where job_id = " + job;
        assertThat(select(states)).containsExactly("DISPATCHED", "DISPATCHED");
        assertThat(set("queued --rate 15")).isZero();
        assertThat(select(states)).containsExactly("PENDING", "PENDING");
        rows.execute("delete from backfleet.job where id = ?", job);
    }
}
