package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.standalone.Main;
import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.stack.LocalStack;
import dev.backfleet.standalone.stack.StackOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Limits over processes that come, freeze and die. The rate is the fleet's: each row carries the time of its change. A time
 * window stops and starts a job by itself.
 */
class RateOverFleetTest {
    private static final int ROWS = 100_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static LocalStack stack;
    private static Table table;

    @TempDir
    private Path folder;

    @BeforeEach
    void unchanged() throws Exception {
        table.run("update packages set n = 0, at = null where n <> 0");
    }

    @BeforeAll
    static void start() throws Exception {
        stack = LocalStack.open(
                StackOptions.temporary().with("BACKFLEET_SHARD_LEASE", "2s").with("BACKFLEET_REDISPATCH_AFTER", "2s"));
        stack.addCoordinator();
        stack.startWorker();
        stack.startWorker();
        stack.awaitReady();
        table = new Table(stack.jdbcUrl());
        table.fill(ROWS);
        table.run("alter table packages add column at timestamptz");
    }

    @AfterAll
    static void stop() throws SQLException {
        try {
            table.close();
        } finally {
            stack.close();
        }
    }

    @Test
    void the_rate_is_kept_while_workers_come_and_die_and_it_is_changed() throws Exception {
        var job = submit("steady", "rate: { rows-per-second: 1000 }");
        awaitSteady(1_000);
        stack.addWorker();
        awaitSteady(1_000);
        busy().kill();
        awaitSteady(1_000);
        var frozen = busy();
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
                                + job + " order by id"))
                .containsExactly("rate 1000 2000", "rate 2000 500");

        backfleet("set", "steady", "--rate", "none");
        assertSucceeds(job);
    }

    @Test
    void a_job_waits_for_its_time_window_stops_when_it_closes_and_goes_on_when_it_opens() throws Exception {
        var far = LocalDate.now(ZoneOffset.UTC).plusDays(3).getDayOfWeek();
        var day = far.getDisplayName(TextStyle.SHORT, Locale.ENGLISH).toLowerCase(Locale.ROOT);
        var job = submit("nightly", "rate: { rows-per-second: 5000 }\nwindow: { days: [" + day + "] }");
        awaitState(job, "RUNNING");
        assertThat(backfleet("status", "nightly")).contains("outside of its time window");

        table.run("update backfleet.job set opens_at = now() where id = " + job);
        awaitTrue(() -> table.number("select sum(rows_changed) from backfleet.shard where job_id = " + job) > 5_000);

        table.run("update backfleet.job set closes_at = clock_timestamp() where id = " + job);
        awaitTrue(() -> table.number("select count(*) from backfleet.job where opens_at > now() and id = " + job) == 1
                && table.number("select count(*) from backfleet.shard where state in ('RUNNING', 'DISPATCHED')") == 0);
        assertThat(table.number("select count(*) from packages where n = 0")).isPositive();

        table.run("update backfleet.job set opens_at = now() where id = " + job);
        backfleet("set", "nightly", "--rate", "none");
        assertSucceeds(job);
    }

    private static void assertSucceeds(long job) throws SQLException {
        awaitState(job, "SUCCEEDED");
        table.assertEveryRowOnce(job);
    }

    private static void awaitState(long job, String state) {
        awaitTrue(() ->
                table.texts("select state from backfleet.job where id = " + job).contains(state));
    }

    private long submit(String name, String limits) throws Exception {
        var spec = Files.writeString(folder.resolve(name + ".yaml"), """
                name: %s
                table: public.packages
                set: { n: n + 1, at: clock_timestamp() }
                shard: { rows: 3000 }
                %s
                concurrency: 12
                """.formatted(name, limits));
        return Long.parseLong(backfleet("submit", spec.toString()).strip());
    }

    /** At most the limit and a batch, a tenth of it, in the second that ends with any change. */
    private static void assertMostInASecond(String when, int limit) throws SQLException {
        assertThat(table.number("select coalesce(max(many), 0) from (select count(*) over "
                        + "(order by at range between interval '999.999 ms' preceding and current row) as many "
                        + "from packages where " + when + ") seconds"))
                .as("most in a sliding second at %s rows/s", limit)
                .isPositive()
                .isLessThanOrEqualTo(limit + limit / 10);
    }

    /**
     * For three seconds from now on or later, at least 90 % of the limit was used. That it does not last for ever is left
     * to the machine's other work: the whole stretch is looked at in simulations.
     */
    private static void awaitSteady(int limit) throws SQLException {
        var from = now();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> table.number("select coalesce(max(many), 0) from (select count(*) over "
                                + "(order by at range between interval '2.999999 s' preceding and current row) as many "
                                + "from packages where at > greatest(timestamptz '" + from
                                + "', clock_timestamp() - interval '5 s')) stretches")
                        >= limit * 3 * 9 / 10);
    }

    private static String now() throws SQLException {
        return table.texts("select clock_timestamp()").get(0);
    }

    private static String backfleet(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(stack.flags());
        var out = new StringWriter();
        var err = new StringWriter();
        var commands = Main.commandLine();
        commands.picocli().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        var code = commands.execute(all.toArray(String[]::new));
        assertThat(code).as("exit code; %s", err).isZero();
        return out.toString();
    }

    /** A worker that holds a shard right now. */
    private static FleetProcess busy() {
        return await().atMost(PATIENCE)
                .until(
                        () -> {
                            var holders = table.texts("select worker from backfleet.shard where state = 'RUNNING'");
                            return stack.workers().stream()
                                    .filter(FleetProcess::isAlive)
                                    .filter(worker -> holders.contains(worker.name()))
                                    .findFirst();
                        },
                        java.util.Optional::isPresent)
                .orElseThrow();
    }

    private static void awaitTrue(java.util.concurrent.Callable<Boolean> condition) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(condition);
    }
}
