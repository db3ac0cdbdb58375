package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Limits over processes that come, freeze and die. The rate is the fleet's: each row carries the time of its change. A time
 * window stops and starts a job by itself.
 */
@Tag("long")
@Tag("staged")
class RateOverFleetTest {
    @RegisterExtension
    static final SharedStage SHARED = new SharedStage();

    private Stage stage;
    private Table table;

    @BeforeEach
    void fullStrength() throws Exception {
        stage = SHARED.ready();
        table = stage.table();
    }

    /** A test that failed must not spoil the next. */
    @AfterEach
    void calm() throws Exception {
        stage.calm();
    }

    @Test
    void the_rate_is_kept_while_workers_come_and_die_and_it_is_changed() throws Exception {
        var job = submit("steady", "rate: { rows-per-second: 1000 }");
        awaitSteady(1_000);
        stage.stack().addWorker();
        awaitSteady(1_000);
        stage.busy().kill();
        awaitSteady(1_000);
        var frozen = stage.busy();
        frozen.freeze();
        awaitSteady(1_000);
        frozen.resume();
        awaitSteady(1_000);
        assertMostInASecond("at is not null", 1_000);

        var before = now();
        backfleet("set", "steady", "--rate", "2000");
        awaitSteady(2_000);
        assertMostInASecond("at > '" + before + "'", 2_000);

        backfleet("set", "steady", "--rate", "500");
        var lowered = now();
        awaitSteady(500);
        assertMostInASecond("at > timestamptz '" + lowered + "' + interval '1 s'", 500);
        assertThat(table.texts(
                        "select setting || ' ' || old_value || ' ' || new_value from backfleet.audit where job_id = "
                                + job + " and action = 'set' order by id"))
                .containsExactly("rate 1000 2000", "rate 2000 500");

        backfleet("set", "steady", "--rate", "none");
        stage.awaitEveryRowOnce(job);
    }

    @Test
    void a_job_waits_for_its_time_window_stops_when_it_closes_and_resumes_when_it_opens() throws Exception {
        var far = LocalDate.now(ZoneOffset.UTC).plusDays(3).getDayOfWeek();
        var day = far.getDisplayName(TextStyle.SHORT, Locale.ENGLISH).toLowerCase(Locale.ROOT);
        var job = submit("nightly", "rate: { rows-per-second: 5000 }\nwindow: { days: [" + day + "] }");
        stage.awaitState(job, "RUNNING");
        assertThat(backfleet("status", "nightly")).contains("outside of its time window");

        table.run("update backfleet.job set opens_at = now() where id = " + job);
        Stage.awaitTrue(
                () -> table.number("select sum(rows_changed) from backfleet.shard where job_id = " + job) > 5_000);

        table.run("update backfleet.job set closes_at = clock_timestamp() where id = " + job);
        Stage.awaitTrue(() -> table.number("select count(*) from backfleet.job where opens_at > now() and id = " + job)
                        == 1
                && table.number("select count(*) from backfleet.shard where state in ('RUNNING', 'DISPATCHED')") == 0);
        assertThat(table.number("select count(*) from packages where n = 0")).isPositive();

        table.run("update backfleet.job set opens_at = now() where id = " + job);
        backfleet("set", "nightly", "--rate", "none");
        stage.awaitEveryRowOnce(job);
    }

    /** At most the limit and a batch, a tenth of it, in the second that ends with any change. */
    private void assertMostInASecond(String when, int limit) throws SQLException {
        assertThat(table.number("select coalesce(max(many), 0) from (select count(*) over "
                        + "(order by at range between interval '999.999 ms' preceding and current row) as many "
                        + "from packages where " + when + ") seconds"))
                .as("most in a sliding second at %s rows/s", limit)
                .isPositive()
                .isLessThanOrEqualTo(limit + limit / 10);
    }

    /**
     * For three seconds from now on or later, at least 90 % of the limit was used. Only three seconds, because of other
     * load on the machine; the simulations check the whole duration.
     */
    private void awaitSteady(int limit) throws SQLException {
        var from = now();
        Stage.awaitTrue(() -> table.number("select coalesce(max(many), 0) from (select count(*) over "
                        + "(order by at range between interval '2.999999 s' preceding and current row) as many "
                        + "from packages where at > greatest(timestamptz '" + from
                        + "', clock_timestamp() - interval '5 s')) stretches")
                >= limit * 3 * 9 / 10);
    }

    private String now() throws SQLException {
        return table.texts("select clock_timestamp()").get(0);
    }

    private long submit(String name, String limits) throws IOException {
        return stage.submit(name, """
                set: { n: n + 1, at: clock_timestamp() }
                shard: { rows: 3000 }
                %s
                concurrency: 12
                throttle: none
                """.formatted(limits));
    }

    private String backfleet(String... arguments) {
        return stage.commands().run(arguments);
    }
}
