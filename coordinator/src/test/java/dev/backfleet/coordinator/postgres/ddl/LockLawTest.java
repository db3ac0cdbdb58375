package dev.backfleet.coordinator.postgres.ddl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.ddl.DdlFailed;
import dev.backfleet.coordinator.ddl.DdlRunner.Progress;
import dev.backfleet.coordinator.ddl.DdlRunner.Result;
import dev.backfleet.coordinator.ddl.LockCost;
import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.ddl.LockHolder.Kind;
import dev.backfleet.coordinator.ddl.LockLimits;
import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.ddl.LockPatience.Reason;
import dev.backfleet.coordinator.ddl.TableLock;
import dev.backfleet.coordinator.postgres.ddl.Ddl.Waiting;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A change of a table's definition beside traffic, old transactions and autovacuum, on a real server. */
@Tag("server")
class LockLawTest {
    private static final TableName TABLE = TableName.parse("public.t");
    private static final List<TableLock> LOCKS = List.of(new TableLock(TABLE, LockMode.ACCESS_EXCLUSIVE));
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static PostgresServer server;
    private static String url;
    private final List<Connection> sessions = new ArrayList<>();
    private final List<Reason> reasons = new CopyOnWriteArrayList<>();
    private final List<LockHolder> holders = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() throws SQLException {
        server = PostgresServer.open(PostgresOptions.fast()
                .with("autovacuum", "on")
                .with("autovacuum_naptime", "1s")
                .with("max_prepared_transactions", "2"));
        url = server.createDatabase("law");
        run("create role owner login");
        run("grant all on schema public to owner");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void table() throws SQLException {
        run("set lock_timeout = '20s'; drop table if exists t");
        run("create table t (id int primary key, v int not null) with (autovacuum_enabled = off)");
        run("insert into t select i, 0 from generate_series(1, 20000) i");
        run("alter table t owner to owner");
    }

    @Test
    void nobody_waits_while_old_transactions_are_there_and_autovacuum_gives_way() throws Exception {
        // Slow enough to be there all the time.
        run("update t set v = v + 1");
        run(
                "alter table t set (autovacuum_enabled = on, autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0,"
                        + " autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)");
        await().atMost(PATIENCE)
                .until(() -> is("exists (select from pg_stat_progress_vacuum where relid = 't'::regclass)"));
        for (var attempt = 0; attempt < 3; attempt++) {
            assertThatExceptionOfType(SQLException.class)
                    .as("a plain lock_timeout does not get past autovacuum")
                    .isThrownBy(() -> run(
                            "begin; set local lock_timeout = '300ms'; lock table t in access exclusive mode; commit"))
                    .matches(e -> SqlStateCodes.LOCK_NOT_AVAILABLE.equals(e.getSQLState()));
        }
        try (var traffic = new Traffic(url, "select * from t where id = 1", "update t set v = v + 1 where id = 2")) {
            var dump = session("begin; lock table t in access share mode");
            var idle = session("begin; select * from t where id = 3");
            run("begin; update t set v = 1 where id = 4; prepare transaction 'forgotten'");
            await().atMost(PATIENCE)
                    .until(
                            () -> is(
                                    "count(*) = 2 from pg_stat_activity"
                                            + " where state = 'idle in transaction' and xact_start < clock_timestamp() - interval '5 s'"));

            var change = begin("alter table t add column c int", 2000);
            await().atMost(PATIENCE).until(() -> reasons.size() > 1);
            assertThat(reasons).containsOnly(Reason.OLD_TRANSACTION);
            assertThat(
                            is(
                                    "not exists (select from pg_locks where relation = 't'::regclass and mode = 'AccessExclusiveLock')"))
                    .isTrue();
            assertThat(holders.stream().map(LockHolder::kind)).contains(Kind.CLIENT, Kind.PREPARED, Kind.AUTOVACUUM);
            assertThat(holders.stream().map(LockHolder::words)).anySatisfy(words -> assertThat(words)
                    .contains("prepared transaction forgotten", "holds RowExclusiveLock on t"));
            // A failover, or an administrator: the runner goes on.
            run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'law'");
            var before = reasons.size();
            await().atMost(PATIENCE).until(() -> reasons.size() > before + 1);
            run("rollback prepared 'forgotten'");
            dump.close();
            idle.close();

            assertThat(change.join().done()).isTrue();
            assertThat(is("exists (select from pg_attribute where attrelid = 't'::regclass and attname = 'c')"))
                    .isTrue();
            assertThat(traffic.errors()).isZero();

            naive(traffic);
        }
    }

    // What the same traffic makes of the same change without the law.
    private void naive(Traffic traffic) throws Exception {
        var idle = session("begin; select * from t where id = 3");
        var naive = CompletableFuture.runAsync(() -> {
            try {
                run("alter table t add column d int");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        await().atMost(PATIENCE).until(() -> traffic.errors() > 1);
        idle.close();
        naive.join();
    }

    @Test
    void a_statement_that_holds_the_lock_for_too_long_is_cancelled_and_nothing_is_left() throws Exception {
        assertThatExceptionOfType(DdlFailed.class)
                .isThrownBy(() ->
                        change("alter table t add column c int default (length(pg_sleep(30)::text)); select 1", 300))
                .withMessageContaining("ran for longer than hold (300 ms)")
                .withMessageContaining("nothing was changed");

        assertThat(is("not exists (select from pg_locks where relation = 't'::regclass and granted)"))
                .isTrue();
        assertThat(change("alter table t add column c int", 2000).done()).isTrue();
    }

    @Test
    void the_statements_of_a_step_hold_the_lock_together_no_longer_than_one_may() throws Exception {
        // Each of them is within the limit.
        assertThatExceptionOfType(DdlFailed.class)
                .isThrownBy(() -> ddl(700, Optional.empty())
                        .inTransaction(
                                LOCKS,
                                List.of(
                                        "alter table t add column c int",
                                        "select pg_sleep(0.4)",
                                        "select pg_sleep(0.4)"),
                                true,
                                DdlJournal.NONE,
                                () -> false,
                                quiet()))
                .withMessageContaining("its statements together ran for longer than hold (700 ms)");
        assertThat(is("not exists (select from pg_attribute where attrelid = 't'::regclass and attname = 'c')"))
                .isTrue();
    }

    @Test
    void what_postgresql_rejects_is_told_with_its_code() {
        assertThatExceptionOfType(DdlFailed.class)
                .isThrownBy(() -> change("alter table t add column v int", 2000))
                .withMessageContaining("column \"v\" of relation \"t\" already exists (42701)");
    }

    @Test
    void who_does_not_own_the_table_is_told_what_to_do() throws SQLException {
        run("drop role if exists stranger");
        run("create role stranger login");
        assertThatExceptionOfType(DdlFailed.class)
                .isThrownBy(
                        () -> change("alter table t add column c int", 2000, Optional.of(Identifier.of("stranger"))))
                .withMessageContaining("PostgreSQL denies it")
                .withMessageContaining("ddl: { role: … }");
    }

    @Test
    void a_second_runner_is_refused_while_one_is_at_work() throws SQLException {
        session("set application_name = 'build'; begin;"
                + " select pg_advisory_xact_lock(hashtext('backfleet.migration'), 't'::regclass::oid::int)");

        assertThatExceptionOfType(ExplainedFailure.class)
                .isThrownBy(() -> change("alter table t add column c int", 2000))
                .withMessageContaining("another session of 'backfleet migration' changes")
                .withMessageMatching("(?s).*\\(pid [0-9]+, user postgres, application build, connected for [^)]*\\).*");
    }

    @Test
    void a_lost_answer_to_the_commit_is_not_a_failure_if_the_change_is_there() throws Exception {
        var done = ddl(2000, Optional.empty())
                .inTransaction(
                        LOCKS,
                        List.of("alter table t add column c int"),
                        true,
                        connection -> {
                            connection.commit();
                            throw new SQLException("the connection was lost", SqlStateCodes.CONNECTION_FAILURE);
                        },
                        () -> is("exists (select from pg_attribute where attrelid = 't'::regclass and attname = 'c')"),
                        quiet());

        assertThat(done.done()).isTrue();
    }

    @Test
    void a_role_that_may_not_see_ages_sees_who_is_there() throws SQLException {
        session("begin; lock table t in row exclusive mode");
        try (var owner = DriverManager.getConnection(url.replace("user=postgres", "user=owner"))) {
            var seen = LockHolderStore.of(owner, LOCKS);

            assertThat(seen).hasSize(1);
            assertThat(seen.get(0).age()).isNull();
            assertThat(seen.get(0).mode()).isEqualTo(LockMode.ROW_EXCLUSIVE);
        }
    }

    private CompletableFuture<Result> begin(String sql, int hold) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return change(sql, hold);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private Result change(String sql, int hold) throws InterruptedException {
        return change(sql, hold, Optional.of(Identifier.of("owner")));
    }

    private Result change(String sql, int hold, Optional<Identifier> role) throws InterruptedException {
        return ddl(hold, role).inTransaction(LOCKS, List.of(sql), true, DdlJournal.NONE, () -> false, quiet());
    }

    private Ddl ddl(int hold, Optional<Identifier> role) {
        var limits =
                new LockLimits(Duration.ofMillis(500), Duration.ofMillis(hold), Duration.ofMinutes(2), Duration.ZERO);
        var settings = DatabaseSettings.ofUrl(url);
        var database = Database.ofCommand(settings, new Database.Profile("law", 1, List.of(), Duration.ofDays(1)));
        return new Ddl(
                database, database, TABLE, role, limits, new Waiting(Ticker.system(), Sleeper.system(), () -> 0.1));
    }

    private Progress quiet() {
        return new Progress() {
            @Override
            public void waits(Reason reason, Duration pause, List<LockHolder> seen, LockCost cost) {
                holders.addAll(seen);
                reasons.add(reason);
            }

            @Override
            public void failed(String message) {}
        };
    }

    private Connection session(String sql) throws SQLException {
        var connection = DriverManager.getConnection(url);
        sessions.add(connection);
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return connection;
    }

    @AfterEach
    void close() throws SQLException {
        for (var session : sessions) {
            session.close();
        }
        if (is("exists (select from pg_prepared_xacts)")) {
            run("rollback prepared 'forgotten'");
        }
    }

    private static void run(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static boolean is(String condition) {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement();
                var row = statement.executeQuery("select " + condition)) {
            return row.next() && row.getBoolean(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
