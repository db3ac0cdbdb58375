package dev.backfleet.coordinator.postgres.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.control.ControlPosition;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.error.EnvironmentFailure;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.control.Outbox;
import dev.backfleet.coordinator.duty.Recovery;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.PostgresLeadership;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.job.PostgresRollouts;
import dev.backfleet.coordinator.postgres.job.PostgresSelfPausedJobs;
import dev.backfleet.coordinator.postgres.job.PostgresWindows;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.postgres.throttle.PostgresThrottle;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What two transactions that decide on the same job make of each other, one of them held in its midst by a lock. */
@Tag("server")
class PromisesTest {
    private static final String WAITING = "select count(*) from pg_stat_activity where datname = current_database() "
            + "and wait_event_type = 'Lock' and pid <> pg_backend_pid()";

    private static TestDatabase db;
    private static PostgresControl control;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
        control = new PostgresControl(db.database);
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("delete from backfleet.job; delete from backfleet.control");
    }

    @Test
    void a_job_does_not_end_while_a_retry_opens_its_failed_shards_again() throws Exception {
        var job = db.job("RUNNING", 2);
        db.run("update backfleet.shard set state = 'FAILED', error = 'e', error_code = 'XX000'");
        var finished = meanwhile(
                "select from backfleet.job for no key update; "
                        + "update backfleet.shard set state = 'PENDING', error = null, error_code = null",
                () -> new PostgresJobs(db.database, false).finish(job));
        assertThat(finished).isEmpty();
        assertThat(db.state(job)).hasValue(JobState.RUNNING);
    }

    @Test
    void a_wave_is_not_done_while_a_retry_opens_its_failed_shards_again() throws Exception {
        db.job("RUNNING", 2);
        db.run("update backfleet.job set rollout = '{\"waves\": [], \"promote\": \"AUTO\", \"soak\": \"PT0S\"}'");
        db.run("update backfleet.shard set state = 'FAILED', error = 'e', error_code = 'XX000'");
        var done = meanwhile(
                "update backfleet.shard set state = 'PENDING', error = null, error_code = null; "
                        + "update backfleet.job set wave_done_at = null",
                () -> new PostgresRollouts(db.database).noteDoneIfRunning());
        assertThat(done).isEmpty();
        assertThat(db.ask("select wave_done_at from backfleet.job")).isEqualTo("null");
    }

    @Test
    void a_pause_that_comes_while_a_job_recovers_by_itself_pauses_it() throws Exception {
        var job = db.job("PAUSED", 1);
        db.run("update backfleet.job set trouble = '53100', probe_at = now()");
        var goOn = "update backfleet.job set state = 'RUNNING', trouble = null, probe_at = null";
        meanwhile(goOn, () -> say(Scope.job(job), DesiredState.PAUSE));
        assertThat(db.state(job)).hasValue(JobState.PAUSING);
        assertThat(new PostgresSelfPausedJobs(db.database)
                        .resumeIfSelfPaused(new Recovery.SelfPausedJob(job, EnvironmentFailure.DISK_FULL)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"PAUSE, PAUSED", "CANCEL, CANCELLED"})
    void what_is_desired_of_a_job_that_is_being_planned_is_seen_by_the_plan(DesiredState wish, JobState after)
            throws Exception {
        db.run("create table if not exists planned (id bigint primary key, n int)");
        var job = db.submit("name: p\ntable: planned\nset: { n: \"1\" }\n").id();
        // Held where it cuts the table.
        try (var other = begin("lock table planned in access exclusive mode")) {
            var threads = Executors.newSingleThreadExecutor();
            var plan = threads.submit(() -> new PostgresPlans(db.database).plan(job));
            awaitWaiting();
            say(Scope.job(job), wish);
            other.commit();
            plan.get();
            threads.shutdown();
        }
        assertThat(db.state(job)).hasValue(after);
    }

    @Test
    void a_proof_that_was_overtaken_by_a_resume_and_another_pause_takes_the_shards_again() throws Exception {
        var job = db.job("PAUSING", 1);
        db.run("update backfleet.shard set state = 'DISPATCHED'");
        var threads = Executors.newSingleThreadExecutor();
        try (var other = begin("select from backfleet.job for no key update")) {
            var proven = threads.submit(() -> control.prove(Scope.job(job)));
            awaitWaiting();
            execute(other, "update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now()");
            other.commit();
            assertThat(proven.get().holds()).isTrue();
        } finally {
            threads.shutdownNow();
        }
        assertThat(db.shards(job)).containsExactly("PENDING");
        assertThat(db.state(job)).hasValue(JobState.PAUSED);
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            names = {"PLANNING", "RUNNING"})
    void a_job_that_is_not_paused_is_no_proof(JobState state) throws SQLException {
        var job = db.job(state.name(), 1);
        var proof = control.prove(Scope.job(job));
        assertThat(proof.state()).hasValue(state);
        assertThat(proof.holds()).isFalse();
    }

    @Test
    void a_fleet_that_was_resumed_in_the_meantime_is_no_proof() {
        say(Scope.FLEET, DesiredState.PAUSE);
        assertThat(control.prove(Scope.FLEET).holds()).isTrue();
        say(Scope.FLEET, DesiredState.RUN);
        assertThat(control.prove(Scope.FLEET).holds()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fleet", "job"})
    void a_pause_that_could_not_be_published_is_not_lifted_by_an_older_record_and_is_by_a_newer_one(String kind)
            throws SQLException {
        var job = db.job("RUNNING", 1);
        var scope = kind.equals("fleet") ? Scope.FLEET : Scope.job(job);
        assertThat(record(scope, DesiredState.RUN, 3, Instant.EPOCH)).isTrue();
        var before = Instant.parse(db.ask(
                "select to_char(clock_timestamp() at time zone 'UTC', " + "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
        say(scope, DesiredState.PAUSE);
        assertThat(record(scope, DesiredState.RUN, 10, before.minusSeconds(1))).isFalse();
        assertThat(record(scope, DesiredState.RUN, 10, null)).isFalse();
        assertThat(state(scope)).isEqualTo("PAUSE");
        assertThat(record(scope, DesiredState.RUN, 11, before.plusSeconds(60))).isTrue();
        assertThat(state(scope)).isEqualTo("RUN");
    }

    @Test
    void what_a_command_could_not_publish_is_published_by_the_coordinator_and_has_a_place_then() throws SQLException {
        record(Scope.FLEET, DesiredState.RUN, 3, Instant.EPOCH);
        say(Scope.FLEET, DesiredState.PAUSE);
        assertThat(control.unpublished())
                .as("the command itself is given some time")
                .isEmpty();
        db.run("update backfleet.control set said_at = now() - interval '10 seconds'");
        var outbox = new Outbox(control, (scope, wish) -> {
            assertThat(wish.state()).isEqualTo(DesiredState.PAUSE);
            return new ControlPosition("T", 20);
        });
        outbox.runOnce();
        assertThat(control.unpublished()).isEmpty();
        assertThat(record(Scope.FLEET, DesiredState.RUN, 10, Instant.parse("2100-01-01T00:00:00Z")))
                .isFalse();
        assertThat(record(Scope.FLEET, DesiredState.RUN, 21, null)).isTrue();
    }

    @Test
    void the_place_of_what_was_said_first_is_not_taken_for_the_place_of_what_replaced_it() throws SQLException {
        var first = say(Scope.FLEET, DesiredState.PAUSE);
        say(Scope.FLEET, DesiredState.PAUSE);
        control.published(Scope.FLEET, first.orElseThrow(), new ControlPosition("T", 5));
        assertThat(db.ask("select unpublished from backfleet.control")).isEqualTo("t");
    }

    @Test
    void taking_back_tasks_locks_shards_in_the_order_of_their_numbers() throws Exception {
        db.job("RUNNING", 3);
        db.run("update backfleet.job set work_window = '{}', opens_at = '-infinity', closes_at = now()");
        for (var number = 3; number >= 1; number--) {
            db.run("update backfleet.shard set state = 'DISPATCHED' where number = " + number);
        }
        try (var first = begin("select from backfleet.shard where number = 1 for update");
                var other = db.connect()) {
            var threads = Executors.newSingleThreadExecutor();
            var taken = threads.submit(() -> new PostgresWindows(db.database).revokeTasksIfClosed());
            awaitWaiting();
            execute(other, "select from backfleet.shard where number > 1 for update nowait");
            first.commit();
            taken.get();
            threads.shutdown();
        }
        assertThat(db.ask("select count(*) from backfleet.shard where state = 'PENDING'"))
                .isEqualTo("3");
    }

    @Test
    void of_two_coordinators_with_one_id_one_leads() {
        var length = java.time.Duration.ofSeconds(60);
        var first = new PostgresLeadership(db.database, "c");
        var second = new PostgresLeadership(db.database, "c");
        assertThat(first.takeOrRenew(length)).isPresent();
        assertThat(second.takeOrRenew(length)).isEmpty();
        second.giveBack();
        assertThat(first.takeOrRenew(length)).isPresent();
        first.giveBack();
        assertThat(second.takeOrRenew(length)).isPresent();
        second.giveBack();
    }

    @Test
    void a_job_that_cannot_be_read_halts_and_the_others_are_throttled() throws SQLException {
        var bad = db.job("RUNNING", 1);
        var later = db.job("RUNNING", 1);
        db.run("update backfleet.job set definition = '{\"v\": 99}' where id = " + later);
        assertThat(new PostgresThrottle(db.database).jobs()).isEmpty();
        assertThat(db.state(bad)).hasValue(JobState.HALTED);
        assertThat(db.ask("select error from backfleet.job where id = " + bad))
                .contains("stored job definition cannot be read");
        assertThat(db.state(later)).hasValue(JobState.RUNNING);
    }

    private static Optional<Instant> say(Scope scope, DesiredState state) {
        return control.request(scope, new ControlRecord(state, "why", "ann"), Actor.commandLine("ann"));
    }

    private static boolean record(
            Scope scope, DesiredState state, long offset, @org.jspecify.annotations.Nullable Instant at) {
        return control.apply(
                scope, new ControlRecord(state, null, null), Optional.of(new ControlPosition("T", offset, at)));
    }

    private static String state(Scope scope) throws SQLException {
        return db.ask("select state from backfleet.control where scope = '" + scope.key() + "'");
    }

    /** Does something while another session has done its statements and not committed; then that one commits. */
    private static <T> T meanwhile(String statements, Callable<T> work) throws Exception {
        var threads = Executors.newSingleThreadExecutor();
        try (var other = begin(statements)) {
            var result = threads.submit(work);
            awaitWaiting();
            other.commit();
            return result.get();
        } finally {
            threads.shutdownNow();
        }
    }

    private static Connection begin(String statements) throws SQLException {
        var connection = db.connect();
        connection.setAutoCommit(false);
        execute(connection, statements);
        return connection;
    }

    private static void awaitWaiting() {
        await().until(() -> !db.ask(WAITING).equals("0"));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
