package dev.backfleet.coordinator.postgres.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.ThrottleSpec;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.throttle.Sample;
import dev.backfleet.coordinator.throttle.ThrottledJob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.LogSequenceNumber;

/** Signals, read from a real server. */
@Tag("server")
class PostgresHealthTest {
    private static final Set<Signal> EVERY = EnumSet.allOf(Signal.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final TestDatabase database = TestDatabase.open();
    private final PostgresHealth health = PostgresHealth.open(
            DatabaseSettings.ofUrl(database.url), Optional.empty(), "c", Ticker.system(), new Timelines());

    @BeforeEach
    void table() throws SQLException {
        database.run("create table t (id bigint primary key, n int not null default 0)");
        database.run("insert into t select i from generate_series(1, 1000) i");
        database.run("analyze t");
    }

    @AfterEach
    void close() throws SQLException {
        health.close();
        database.close();
    }

    private ThrottledJob job(String throttle) {
        database.submit("name: j\ntable: t\nset: { n: n + 1 }\n" + throttle);
        try {
            database.run("update backfleet.job set state = 'RUNNING'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return new PostgresThrottle(database.database).jobs().get(0);
    }

    private Optional<Sample> server(Signal signal) {
        return find(health.server(EVERY), signal.key());
    }

    private Optional<Sample> table(ThrottledJob job, Signal signal) {
        return find(health.job(job, EVERY), signal.key());
    }

    private static Optional<Sample> find(List<Sample> samples, String name) {
        return samples.stream().filter(sample -> sample.signal().equals(name)).findFirst();
    }

    private static Predicate<Optional<Sample>> value(Predicate<Double> test) {
        return sample -> sample.map(Sample::value).filter(test).isPresent();
    }

    @Test
    void every_signal_that_this_server_can_have_is_read_and_those_it_cannot_have_are_absent() {
        var job = job("");
        health.server(EVERY);
        var samples = new ArrayList<>(health.server(EVERY));
        samples.addAll(health.job(job, EVERY));
        assertThat(samples)
                .allSatisfy(sample ->
                        assertThat(sample.value()).as(sample.toString()).isNotNull());
        var absent = EnumSet.of(
                Signal.REPLICATION_LAG, Signal.REPLICATION_LAG_BYTES, Signal.SLOT_WAL, Signal.APPLICATION_LATENCY);
        assertThat(samples)
                .extracting(Sample::signal)
                .containsExactlyInAnyOrderElementsOf(
                        EnumSet.complementOf(absent).stream().map(Signal::key).toList());
    }

    @Test
    void the_ratio_of_rollbacks_is_that_of_the_last_seconds() throws SQLException {
        health.server(EnumSet.of(Signal.ROLLBACK_RATIO));
        try (var application = database.connect();
                var statement = application.createStatement()) {
            for (var i = 0; i < 40; i++) {
                statement.execute("begin");
                statement.execute("select 1");
                statement.execute(i % 2 == 0 ? "rollback" : "commit");
            }
        }
        // The server counts what a session has done at its end, and shows it then.
        await().atMost(TIMEOUT).until(() -> server(Signal.ROLLBACK_RATIO), value(percent -> percent > 30));
    }

    @Test
    void only_what_is_wanted_is_read() {
        assertThat(health.server(EnumSet.of(Signal.CONNECTIONS)))
                .extracting(Sample::signal)
                .containsExactly("connections");
        assertThat(health.job(job(""), EnumSet.noneOf(Signal.class))).isEmpty();
    }

    @Test
    void sessions_that_wait_for_a_worker_are_counted_and_those_that_wait_for_others_are_not() throws Exception {
        try (var worker = DriverManager.getConnection(database.url + "&ApplicationName=backfleet-worker/w");
                var waiting = database.connect();
                var other = database.connect();
                var victimOfOther = database.connect()) {
            var held = List.of(held(worker, 1), held(other, 2));
            var waits = List.of(
                    CompletableFuture.runAsync(() -> update(waiting, 1)),
                    CompletableFuture.runAsync(() -> update(victimOfOther, 2)));
            await().atMost(TIMEOUT)
                    .until(() -> database.ask("select count(*) from pg_locks where not granted and pid in "
                                    + "(select pid from pg_stat_activity where datname = current_database())")
                            .equals("2"));
            await().atMost(TIMEOUT).until(() -> server(Signal.BLOCKED_TIME), value(seconds -> seconds > 0.05));
            assertThat(server(Signal.BLOCKED_SESSIONS).orElseThrow().value()).isEqualTo(1);
            for (var connection : held) {
                connection.rollback();
            }
            waits.forEach(CompletableFuture::join);
        }
        assertThat(server(Signal.BLOCKED_SESSIONS).orElseThrow().value()).isZero();
    }

    @Test
    void a_lock_request_that_batches_are_in_the_way_of_is_seen_and_a_harmless_one_is_not() throws Exception {
        var job = job("");
        try (var reader = database.connect();
                var altering = database.connect()) {
            reader.setAutoCommit(false);
            run(reader, "select from t");
            assertThat(table(job, Signal.LOCK_QUEUE).orElseThrow().value()).isZero();
            var altered = CompletableFuture.runAsync(() -> run(altering, "alter table t add column more int"));
            await().atMost(TIMEOUT).until(() -> table(job, Signal.LOCK_QUEUE), value(seconds -> seconds > 0.05));
            assertThat(table(job, Signal.LOCK_QUEUE).orElseThrow().note())
                    .matches("pid " + pid(altering) + " \\(.+, active\\) waits for ACCESS EXCLUSIVE on public.t for "
                            + "[0-9]+m?s, behind pid " + pid(reader) + " \\(.+, idle in transaction\\)");
            reader.rollback();
            altered.join();
        }
        assertThat(table(job, Signal.LOCK_QUEUE).orElseThrow().value()).isZero();
        assertThat(table(job, Signal.LOCK_QUEUE).orElseThrow().note()).isNull();
    }

    @Test
    void who_holds_a_lock_in_the_way_of_batches_is_named_with_the_time_since_it_was_first_seen() throws Exception {
        var job = job("");
        try (var locking = database.connect()) {
            run(locking, "set application_name = psql");
            locking.setAutoCommit(false);
            run(locking, "select");
            await().atMost(TIMEOUT).until(() -> server(Signal.OLDEST_TRANSACTION), value(seconds -> seconds > 0.5));
            run(locking, "lock table t in row exclusive mode");
            assertThat(table(job, Signal.LOCK_QUEUE).orElseThrow().value()).isZero();
            run(locking, "lock table t");
            // The transaction is older than the lock.
            assertThat(table(job, Signal.LOCK_QUEUE).orElseThrow().value()).isLessThan(0.5);
            await().atMost(TIMEOUT).until(() -> table(job, Signal.LOCK_QUEUE), value(seconds -> seconds > 0.2));
            assertThat(table(job, Signal.LOCK_QUEUE).orElseThrow().note())
                    .matches("pid " + pid(locking) + " \\(psql, .+, idle in transaction\\) holds ACCESS EXCLUSIVE on "
                            + "public.t for [0-9]+m?s");
            locking.rollback();
            run(locking, "set application_name = 'backfleet-worker/w'");
            run(locking, "lock table t");
            assertThat(table(job, Signal.LOCK_QUEUE).orElseThrow().value())
                    .as("a session of the fleet")
                    .isZero();
            locking.rollback();
        }
    }

    private static int pid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    @Test
    void an_open_transaction_and_what_it_keeps_from_vacuum_are_seen() throws Exception {
        try (var open = database.connect()) {
            open.setAutoCommit(false);
            open.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            run(open, "select from t");
            database.run("update t set n = 1 where id = 1");
            database.run("update t set n = 2 where id = 1");
            await().atMost(TIMEOUT).until(() -> server(Signal.OLDEST_TRANSACTION), value(seconds -> seconds > 0.05));
            assertThat(server(Signal.OLDEST_XMIN).orElseThrow().value()).isGreaterThanOrEqualTo(2);
            open.rollback();
        }
    }

    @Test
    void a_standby_that_falls_behind_is_seen() throws Exception {
        var properties = new Properties();
        PGProperty.REPLICATION.set(properties, "true");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "15");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        // What is written and not flushed yet cannot be streamed.
        var start = LogSequenceNumber.valueOf(database.ask("select pg_current_wal_flush_lsn()"));
        try (var standby = DriverManager.getConnection(database.url, properties);
                var stream = standby.unwrap(PGConnection.class)
                        .getReplicationAPI()
                        .replicationStream()
                        .physical()
                        .withStartPosition(start)
                        .start()) {
            stream.setFlushedLSN(start);
            stream.setAppliedLSN(start);
            stream.forceUpdateStatus();
            database.run("update t set n = n + 1");
            await().atMost(TIMEOUT).until(() -> server(Signal.REPLICATION_LAG_BYTES), value(bytes -> bytes > 1_000));
            assertThat(server(Signal.REPLICATION_LAG).orElseThrow().value()).isNotNull();
        }
        await().atMost(TIMEOUT).until(() -> server(Signal.REPLICATION_LAG).isEmpty());
    }

    @Test
    void a_replication_slot_is_seen() throws Exception {
        var slot = "s" + database.ask("select oid from pg_database where datname = current_database()");
        database.run("select pg_create_physical_replication_slot('" + slot + "', true)");
        try {
            database.run("update t set n = 3");
            await().atMost(TIMEOUT).until(() -> server(Signal.SLOT_WAL), value(bytes -> bytes > 1_000));
        } finally {
            database.run("select pg_drop_replication_slot('" + slot + "')");
        }
    }

    @Test
    void dead_rows_and_written_log_are_seen() throws Exception {
        var job = job("");
        health.server(EVERY);
        database.run("update t set n = n + 1");
        await().atMost(TIMEOUT)
                .until(
                        () -> {
                            // Before PostgreSQL 15 a session reports what it did only with a later statement.
                            run(database, "select 1");
                            return table(job, Signal.DEAD_TUPLES);
                        },
                        value(percent -> percent >= 40));
        await().atMost(TIMEOUT)
                .until(
                        () -> {
                            run(database, "update t set n = n + 1");
                            return server(Signal.WAL_RATE);
                        },
                        value(bytes -> bytes > 1_000));
    }

    @Test
    void without_statistics_dead_rows_are_held_against_the_size_of_the_table() throws Exception {
        database.run("create table fresh (id integer primary key, n integer) with (autovacuum_enabled = off); "
                + "insert into fresh select i, 0 from generate_series(1, 20000) i");
        try {
            database.run("select pg_stat_reset()");
            database.run("update fresh set n = 1 where id <= 2000");
            var job = job("").definition();
            var fresh = new ThrottledJob(
                    1,
                    job,
                    List.of(new JobDefinition.Table(
                            Long.parseLong(database.ask("select 'fresh'::regclass::oid")), "public", "fresh")),
                    ThrottleSpec.DEFAULT,
                    new ThrottledJob.Pace(1, 0, 0, true, Optional.empty()));
            await().atMost(TIMEOUT).until(() -> table(fresh, Signal.DEAD_TUPLES), value(percent -> percent > 0));
            assertThat(table(fresh, Signal.DEAD_TUPLES).orElseThrow().value()).isLessThan(50);
        } finally {
            database.run("drop table fresh");
        }
    }

    @Test
    void a_specs_own_queries_and_probe_are_read_and_one_that_is_too_slow_or_gives_nothing_cannot_be() {
        var job = job("""
                throttle:
                  probe: "select pg_sleep(0.06)"
                  sql:
                  - { name: rows, query: "select count(*) from public.t", soft: 100 }
                  - { name: slow, query: "select 1 from pg_sleep(30)", soft: 100, hard: 200 }
                  - { name: nothing, query: "select null::int", soft: 100 }
                """);
        var samples = health.job(job, EVERY);
        assertThat(find(samples, "probe-latency").orElseThrow().value()).isGreaterThan(0.05);
        assertThat(find(samples, "rows").orElseThrow().value()).isEqualTo(1_000);
        assertThat(find(samples, "slow").orElseThrow().value()).isNull();
        assertThat(find(samples, "slow").orElseThrow().note()).isEqualTo("it took longer than a second");
        assertThat(find(samples, "nothing").orElseThrow().note()).isEqualTo("the query returns no number");
    }

    @Test
    void the_error_of_a_failed_query_contains_no_value() throws SQLException {
        database.run("create table texts (v text); insert into texts values ('secret')");
        var job = job("throttle: { sql: [{ name: bad, query: \"select max(v::int) from public.texts\", soft: 1 }] }\n");
        assertThat(find(health.job(job, EVERY), "bad").orElseThrow().note())
                .isEqualTo("22P02: invalid text for the type");
    }

    @Test
    void the_session_can_only_read() throws SQLException {
        database.run("create function grow() returns int language sql as 'insert into t values (0) returning 1'");
        var job = job("throttle: { sql: [{ name: bad, query: \"select public.grow()\", soft: 1 }] }\n");
        assertThat(find(health.job(job, EVERY), "bad").orElseThrow().note()).contains("read-only transaction");
    }

    @Test
    void without_the_database_every_wanted_signal_is_unreadable() {
        var url = "jdbc:postgresql://127.0.0.1:1/nowhere";
        try (var away = PostgresHealth.open(
                DatabaseSettings.ofUrl(url), Optional.empty(), "c", Ticker.system(), new Timelines())) {
            assertThat(away.server(EnumSet.of(Signal.CONNECTIONS, Signal.WAL_RATE)))
                    .hasSize(2)
                    .allSatisfy(sample -> assertThat(sample.value()).isNull());
        }
    }

    private static Connection held(Connection connection, int id) throws SQLException {
        connection.setAutoCommit(false);
        update(connection, id);
        return connection;
    }

    private static void update(Connection connection, int id) {
        run(connection, "update t set n = n + 1 where id = " + id);
    }

    private static void run(TestDatabase database, String sql) throws SQLException {
        database.run(sql);
    }

    private static void run(Connection connection, String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
