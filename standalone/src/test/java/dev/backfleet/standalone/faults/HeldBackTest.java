package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.stack.LocalStack;
import dev.backfleet.standalone.stack.StackOptions;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A fleet of processes on real servers that gives way: to signals of the database's health, and to a missing coordinator. */
@Tag("server")
class HeldBackTest {
    private static final int ROWS = 100_000;
    private static final Duration SILENCE = Duration.ofSeconds(6);

    private static Stage stage;
    private static LocalStack stack;
    private static Table table;

    @BeforeAll
    static void start() throws Exception {
        // A slice is long, so that it is not its end that stops a worker; a standby is soon there.
        stage = Stage.open(
                StackOptions.fast()
                        .with("BACKFLEET_COORDINATOR_LEASE", "1s")
                        // Shorter than usual, but longer than a takeover takes on a busy machine.
                        .with("BACKFLEET_COORDINATOR_SILENCE", SILENCE.toSeconds() + "s")
                        .with("BACKFLEET_WORKER_SLICE", "5m"),
                2,
                ROWS);
        stack = stage.stack();
        table = stage.table();
        table.run("create table public.strain (amount integer)");
        table.run("insert into public.strain values (0)");
    }

    @AfterAll
    static void stop() throws SQLException {
        stage.close();
    }

    @BeforeEach
    void fullStrength() throws Exception {
        table.run("update packages set n = 0 where n <> 0");
        table.run("update public.strain set amount = 0");
        stage.restoreStrength();
    }

    /** A test that failed must not spoil the next. */
    @AfterEach
    void calm() throws Exception {
        stage.calm();
    }

    @Test
    void a_signal_slows_a_job_down_suspends_it_and_lets_it_resume() throws Exception {
        var job = submit(
                "strained",
                "throttle: { sql: [{ name: strain, query: \"select max(amount) from public.strain\", "
                        + "soft: 10, hard: 20 }] }");
        stage.awaitChanged(job, ROWS / 50);
        table.run("update public.strain set amount = 15");
        Stage.awaitTrue(() -> factor(job) > 0 && factor(job) < 0.5);
        assertThat(backfleet("status", "strained")).contains("by strain: 15, soft threshold 10");

        table.run("update public.strain set amount = 25");
        Stage.awaitTrue(() -> factor(job) == 0 && stage.running() == 0);
        var atStop = table.number("select sum(n) from packages");
        assertThat(atStop).isLessThan(ROWS);
        var costAtStop = cost(job, "strain");
        Stage.awaitTrue(() -> cost(job, "strain") > costAtStop + 1);
        assertThat(table.number("select sum(n) from packages"))
                .as("changed while stopped")
                .isEqualTo(atStop);
        assertThat(backfleet("status", "strained"))
                .contains("suspended by strain: 25, hard threshold 20")
                .contains("cost so far: strain ");
        assertThat(backfleet("status", "strained", "-o", "json"))
                .contains("\"signal\": \"strain\"")
                .contains("\"costSeconds\"");

        table.run("update public.strain set amount = 0");
        awaitGoingOn(job);
    }

    @Test
    void a_lock_request_that_waits_for_the_table_stops_the_job_until_it_is_through() throws Exception {
        var job = submit("yielding", "");
        stage.awaitChanged(job, ROWS / 50);
        try (var reader = connect();
                var altering = connect()) {
            // What holds the request up is not the job; but batches would queue up behind it.
            reader.setAutoCommit(false);
            run(reader, "select from packages limit 1");
            var altered =
                    CompletableFuture.runAsync(() -> run(altering, "alter table packages add column more integer"));
            Stage.awaitTrue(() -> factor(job) == 0);
            assertThat(status("yielding"))
                    .contains(
                            "suspended: pid ", " waits for ACCESS EXCLUSIVE on public.packages for ", ", behind pid ");
            assertThat(altered).isNotDone();
            reader.rollback();
            altered.join();
        } finally {
            table.run("alter table packages drop column if exists more");
        }
        awaitGoingOn(job);
        assertThat(cost(job, "lock-queue")).isPositive();
    }

    @Tag("long")
    @Test
    void who_locks_the_table_is_named_while_it_lasts_and_then_the_way_back_to_full_speed() throws Exception {
        var job = submit("locked-out", "");
        stage.awaitChanged(job, ROWS / 50);
        try (var locking = connect()) {
            run(locking, "set application_name = psql");
            locking.setAutoCommit(false);
            run(locking, "lock table packages");
            Stage.awaitTrue(() -> factor(job) == 0);
            assertThat(status("locked-out"))
                    .containsPattern(
                            "suspended: pid [0-9]+ \\(psql, .+\\) holds ACCESS EXCLUSIVE on public\\.packages for [0-9]");
            assertThat(backfleet("jobs")).contains("suspended (lock)");
            locking.rollback();
        }
        Stage.awaitTrue(() -> status("locked-out").contains("recovering from lock-queue: "));
        assertThat(backfleet("status", "locked-out", "-o", "json")).contains("\"code\": \"throttled\"");
        awaitGoingOn(job);
        Stage.awaitTrue(() -> booked(job, "throttled", "lock-queue") > 1
                && booked(job, "at-limit", "") + booked(job, "working", "") > 1);
        assertThat(backfleet("status", "locked-out")).containsPattern("time .*lock-queue [0-9]+ %");
    }

    // Not to its end: it grows slowly.
    private static void awaitGoingOn(long job) throws SQLException {
        var before = table.number("select sum(n) from packages");
        Stage.awaitTrue(() -> factor(job) > 0 && table.number("select sum(n) from packages") > before);
        table.assertCountedAsChanged(job);
    }

    @Tag("long")
    @Test
    void without_a_coordinator_workers_stop_and_resume_with_another() throws Exception {
        var job = submit("orphaned", "");
        stage.awaitChanged(job, ROWS / 100);
        Stage.alive(stack.coordinators()).forEach(FleetProcess::kill);
        Stage.awaitTrue(() -> stage.running() == 0);
        assertThat(leaderless()).isPositive();
        assertThat(table.number("select count(*) from backfleet.shard where state = 'DONE' and job_id = " + job))
                .as("shards done: it was not for want of tasks")
                .isZero();
        var atStop = table.number("select sum(n) from packages");
        assertThat(atStop).isLessThan(ROWS);
        table.run("update backfleet.job set rate_limit = null");
        stack.addCoordinator();
        stage.awaitEveryRowOnce(job);
        // At least the time in which the workers noticed that there was none.
        Stage.awaitTrue(() -> booked(job, "no-coordinator", "") > 5);
        assertThat(table.texts(
                        "select j.name || ' ' || (c.booked_until - c.since)::text || ' ' || sum(t.seconds) from backfleet.job j "
                                + "join backfleet.job_clock c on c.job_id = j.id join backfleet.job_time t on t.job_id = j.id "
                                + "group by j.name, c.booked_until, c.since "
                                + "having abs(extract(epoch from c.booked_until - c.since) - sum(t.seconds)) > 0.001"))
                .as("jobs whose time is not shared out")
                .isEmpty();
    }

    @Tag("long")
    @Test
    void a_standby_that_takes_over_goes_unnoticed() throws Exception {
        var first = Stage.alive(stack.coordinators()).get(0);
        stack.addCoordinator();
        Stage.awaitTrue(() -> stage.leader().equals(first.name()));
        var job = submit("handed-over", "");
        stage.awaitChanged(job, ROWS / 100);
        var before = leaderless();
        var killed = System.nanoTime();
        first.kill();
        Stage.awaitTrue(() -> !stage.leader().equals(first.name()));
        var takeover = Duration.ofNanos(System.nanoTime() - killed);
        var atTakeover = table.number("select sum(n) from packages");
        // More than six seconds of work at this rate: a worker without heartbeats would have stopped.
        stage.awaitChanged(job, atTakeover + 15_000);
        // When the machine is so busy that the takeover itself takes long, workers stop, and go on.
        if (takeover.compareTo(SILENCE.dividedBy(2)) < 0) {
            assertThat(leaderless()).isEqualTo(before);
        }
    }

    private static double factor(long job) throws SQLException {
        return Double.parseDouble(table.texts("select factor from backfleet.job where id = " + job)
                .get(0));
    }

    private static double cost(long job, String signal) throws SQLException {
        var costs = table.texts(
                "select seconds from backfleet.throttle_cost where job_id = " + job + " and signal = '" + signal + "'");
        return costs.isEmpty() ? 0 : Double.parseDouble(costs.get(0));
    }

    private static double booked(long job, String cause, String signal) throws SQLException {
        return Double.parseDouble(table.texts("select coalesce(sum(seconds), 0) from backfleet.job_time where job_id = "
                        + job + " and cause = '" + cause + "' and signal = '" + signal + "'")
                .get(0));
    }

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection(stack.jdbcUrl());
    }

    private static void run(Connection connection, String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How often a worker has found itself without a coordinator. */
    private static long leaderless() throws IOException {
        return stage.said("coordinator heartbeat received=false");
    }

    // Slow enough that the job has not ended before it is throttled, on a busy machine too.
    private static long submit(String name, String more) throws IOException {
        return stage.submit(name, """
                set: { n: n + 1 }
                shard: { rows: 25000 }
                rate: { rows-per-second: 2000 }
                %s
                """.formatted(more));
    }

    /** Without line breaks. */
    private static String status(String job) {
        return backfleet("status", job).replaceAll("\\s+", " ");
    }

    private static String backfleet(String... arguments) {
        return stage.commands().run(arguments);
    }
}
