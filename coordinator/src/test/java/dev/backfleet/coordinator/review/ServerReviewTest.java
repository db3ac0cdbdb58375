package dev.backfleet.coordinator.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.operation.SpecCheck;
import dev.backfleet.coordinator.pin.state.ServerState;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found about a server, on one of its own: slots, standbys, transactions, wraparound and settings. */
@Tag("server")
class ServerReviewTest {
    private static final String SPEC = "name: j\ntable: t\nset: { n: 1 }\nwhere: n is null\n";

    private static PostgresServer server;
    private static TestDatabase db;

    @BeforeAll
    static void open() throws SQLException {
        server = PostgresServer.open(PostgresOptions.fast()
                .with("wal_level", "logical")
                .with("max_prepared_transactions", "5")
                .with("autovacuum_freeze_max_age", "100000")
                .with("autovacuum_naptime", "1d"));
        db = TestDatabase.openOn(server.createDatabase("review"));
        db.run(
                "create table t (id bigint primary key, n integer); insert into t select i from generate_series(1, 20) i; analyze t");
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
        server.close();
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("delete from backfleet.job");
    }

    private static Subject subject() {
        return new SpecCheck(new PostgresCatalog(db.database), new PostgresIntake(db.database))
                .check(SpecParser.parse("s.yaml", SPEC))
                .subject();
    }

    private static List<Finding> all() {
        return Review.of(subject(), List.of());
    }

    private static List<String> of(FindingCode code) {
        return lines(all(), code);
    }

    private static List<String> lines(List<Finding> findings, FindingCode code) {
        return findings.stream()
                .filter(finding -> finding.code() == code)
                .map(Finding::line)
                .toList();
    }

    private static List<String> lasting() {
        return lines(ServerFindings.of(subject(), Duration.ZERO), FindingCode.LONG_TRANSACTION);
    }

    @Test
    void nothing_is_found_about_a_server_that_is_as_it_should_be() {
        assertThat(all()).isEmpty();
    }

    @Test
    void open_and_prepared_transactions_are_named_with_how_to_end_them() throws SQLException {
        assertThat(lasting()).isEmpty();
        try (var other = db.connect();
                var statement = other.createStatement()) {
            statement.execute("set application_name = 'report'");
            other.setAutoCommit(false);
            statement.execute("select count(*) from t");
            var pid = db.ask("select pid from pg_stat_activity where application_name = 'report'");
            assertThat(lasting())
                    .singleElement()
                    .asString()
                    .startsWith("the server process " + pid
                            + ", user postgres, application report, idle in transaction has had a"
                            + " transaction open for ")
                    .endsWith("select pg_terminate_backend(" + pid + ")");
            assertThat(of(FindingCode.LONG_TRANSACTION))
                    .as("it is not long yet")
                    .isEmpty();
            other.rollback();
            statement.execute("insert into t values (100); prepare transaction 'of the '' night'");
        }
        try {
            assertThat(lasting())
                    .singleElement()
                    .asString()
                    .startsWith("the prepared transaction 'of the '' night', user postgres has been open for ")
                    .endsWith("commit prepared 'of the '' night', or rollback prepared");
        } finally {
            db.run("rollback prepared 'of the '' night'");
        }
        assertThat(lasting()).isEmpty();
    }

    @Test
    void a_slot_that_nothing_reads_from_is_told_with_the_WAL_that_it_keeps() throws SQLException {
        db.run("select pg_create_physical_replication_slot('away', true)");
        try {
            assertThat(of(FindingCode.SLOT_INACTIVE))
                    .singleElement()
                    .asString()
                    .startsWith("nothing reads from the replication slot away, which retains ")
                    .contains("without a limit (max_slot_wal_keep_size)")
                    .endsWith("select pg_drop_replication_slot('away')");
            db.run("alter system set max_slot_wal_keep_size = '64MB'; select pg_reload_conf()");
            assertThat(of(FindingCode.SLOT_INACTIVE)).singleElement().asString().contains("up to 64MB");
        } finally {
            db.run("alter system reset max_slot_wal_keep_size");
            db.run("select pg_reload_conf(), pg_drop_replication_slot('away')");
        }
        assertThat(of(FindingCode.SLOT_INACTIVE)).isEmpty();
    }

    @Test
    void commits_that_would_wait_for_a_standby_that_is_away_are_an_error() throws SQLException {
        db.run("alter system set synchronous_standby_names = 'FIRST 1 (\"b c\")'");
        db.run("select pg_reload_conf()");
        try {
            assertThat(of(FindingCode.COMMITS_WAIT))
                    .singleElement()
                    .asString()
                    .startsWith(
                            "commits wait for a synchronous standby: synchronous_standby_names is 'FIRST 1 (\"b c\")', and no");
        } finally {
            db.run("alter system reset synchronous_standby_names");
            db.run("select pg_reload_conf()");
        }
        assertThat(of(FindingCode.COMMITS_WAIT)).isEmpty();
    }

    @Test
    void standbys_that_are_behind_and_that_confirm_commits() {
        var usual = subject();
        var server = usual.server();
        var behind = new ServerState.Standby("b", "streaming", "quorum", 5, 300L << 20);
        var near = new ServerState.Standby("c", "streaming", "async", 59, 1 << 20);
        var state = new ServerState(
                true,
                server.transactions(),
                List.of(behind, near),
                server.slots(),
                "ANY 1 (b)",
                true,
                server.slotWalLimit(),
                server.ages(),
                server.settings(),
                true,
                server.maxWal(),
                server.deadlockMillis(),
                server.now());
        assertThat(ReplicationFindings.of(new Subject(usual.job(), List.of(), usual.table(), state)))
                .extracting(finding -> finding.code().text() + ": " + finding.message())
                .containsExactly(
                        "standby-behind: the standby b is behind by 300MB of WAL, 5s; the throttle (replication-lag) slows the job down"
                                + " because of it",
                        "synchronous-standbys: commits wait for standbys: synchronous_standby_names is 'ANY 1 (b)', confirmed by b; if"
                                + " they are away, commands and the last batch of each shard wait");
    }

    @ParameterizedTest
    @CsvSource({
        "1900000000, 5, 0, wraparound-near",
        "1960000000, 5, 0, wraparound-close",
        "5, 1960000000, 0, wraparound-close",
        "5, 400000001, 0, wraparound-near",
        "5, 5, 5000001, vacuum-held-back",
        "5, 5, 5000000, ''",
    })
    void ages_of_transactions(long transactions, long multixacts, long held, String code) {
        var usual = subject();
        var server = usual.server();
        var state = new ServerState(
                true,
                List.of(),
                List.of(),
                List.of(),
                "",
                true,
                -1,
                new ServerState.Ages(transactions, multixacts, 200_000_000, 400_000_000, held),
                List.of(),
                true,
                server.maxWal(),
                server.deadlockMillis(),
                server.now());
        assertThat(
                        ServerFindings.of(
                                        new Subject(usual.job(), List.of(), usual.table(), state), ServerFindings.LONG)
                                .stream()
                                .map(finding -> finding.code().text())
                                .toList())
                .isEqualTo(code.isEmpty() ? List.of() : List.of(code));
    }

    @ParameterizedTest
    @CsvSource({
        "deadlock_timeout, 100ms, deadlock-timeout",
        "deadlock_timeout, 2s, ''",
        "default_transaction_read_only, off, ''",
        "statement_timeout, 5s, session-settings",
        "search_path, '\"My shop\", public', session-settings",
        "session_replication_role, replica, session-settings",
        "work_mem, 64MB, ''",
    })
    void settings_of_the_role_that_matter(String name, String value, String code) throws SQLException {
        db.run("alter role postgres set " + name + " = " + (name.equals("search_path") ? value : "'" + value + "'"));
        try {
            var codes = all().stream().map(finding -> finding.code().text()).toList();
            assertThat(codes).isEqualTo(code.isEmpty() ? List.of() : List.of(code));
        } finally {
            db.run("alter role postgres reset " + name);
        }
    }

    @Test
    void the_deadlock_timeout_of_another_role_and_of_the_database_matter_and_its_other_settings_do_not()
            throws SQLException {
        db.run(
                "create role \"App one\"; alter role \"App one\" set deadlock_timeout = '50ms'; alter role \"App one\" set search_path = x;"
                        + " alter role \"App one\" set default_transaction_read_only = on");
        try {
            assertThat(all()).singleElement().satisfies(finding -> {
                assertThat(finding.code()).isEqualTo(FindingCode.DEADLOCK_TIMEOUT);
                assertThat(finding.line())
                        .startsWith("deadlock_timeout is 50ms for the role \"App one\", and 1000 ms for others")
                        .endsWith("alter role \"App one\" reset deadlock_timeout");
            });
        } finally {
            db.run("drop role \"App one\"");
        }
        db.run("alter database review set default_transaction_read_only = on");
        try {
            assertThat(of(FindingCode.DEFAULT_READ_ONLY))
                    .singleElement()
                    .asString()
                    .startsWith("default_transaction_read_only is on for the database: no row can be changed");
        } finally {
            db.run(
                    "set default_transaction_read_only = off; alter database review reset default_transaction_read_only");
        }
    }

    @Test
    void a_short_deadlock_timeout_of_the_server_leaves_batches_no_time() throws SQLException {
        db.run("alter system set deadlock_timeout = '150ms'");
        db.run("select pg_reload_conf()");
        try {
            var findings = db.submit(SPEC + "batch: { duration: 50ms }\n").findings();
            assertThat(lines(findings, FindingCode.DEADLOCK_TIMEOUT))
                    .singleElement()
                    .asString()
                    .startsWith("the server's deadlock_timeout is 150 ms: a batch must end before");
        } finally {
            db.run("alter system reset deadlock_timeout");
            db.run("select pg_reload_conf()");
        }
    }

    @Test
    void a_database_that_is_older_than_the_freeze_limit_is_near_wraparound() throws SQLException {
        assertThat(of(FindingCode.WRAPAROUND_NEAR)).isEmpty();
        var fresh = server.createDatabase("old");
        try (var old = TestDatabase.openOn(fresh)) {
            old.run("create table t (id bigint primary key, n integer)");
            old.run("do $$ begin for i in 1 .. 101000 loop perform txid_current(); commit; end loop; end $$");
            var findings = old.submit(SPEC).findings();
            assertThat(lines(findings, FindingCode.WRAPAROUND_NEAR))
                    .singleElement()
                    .asString()
                    .startsWith("the database's oldest transaction is 10")
                    .contains("autovacuum freezes from 100,000 transactions");
        }
        db.run("vacuum (freeze)");
    }

    @Test
    void a_role_that_sees_no_other_sessions_is_told_what_it_does_not_know() throws SQLException {
        db.run(
                "create role blind login; grant usage on schema backfleet to blind; grant all on all tables in schema backfleet to blind;"
                        + " grant select, update on t to blind");
        var url = db.url.replace("user=postgres", "user=blind");
        try (var database = Database.open(
                DatabaseSettings.ofUrl(url), new Database.Profile("blind", 1, List.of(), Duration.ofSeconds(30)))) {
            var pinned = new SpecCheck(new PostgresCatalog(database), new PostgresIntake(database))
                    .check(SpecParser.parse("s.yaml", SPEC))
                    .pinned();
            assertThat(pinned.findings()).extracting(Finding::code).containsExactly(FindingCode.SESSIONS_HIDDEN);
            db.run("grant pg_read_all_stats to blind");
            assertThat(new SpecCheck(new PostgresCatalog(database), new PostgresIntake(database))
                            .check(SpecParser.parse("s.yaml", SPEC))
                            .pinned()
                            .findings())
                    .isEmpty();
        } finally {
            db.run("drop owned by blind; drop role blind");
        }
    }

    @Test
    void a_table_that_is_larger_than_the_WAL_between_two_checkpoints() throws SQLException {
        db.run(
                "create table large (id bigint primary key, n integer, fill text); alter table large alter fill set storage plain;"
                        + " insert into large select i, null, repeat('x', 1900) from generate_series(1, 20000) i; analyze large");
        var spec = SPEC.replace("table: t", "table: large");
        try {
            assertThat(lines(db.submit(spec).findings(), FindingCode.CHECKPOINTS))
                    .isEmpty();
            db.run("delete from backfleet.job");
            db.run("alter system set max_wal_size = '32MB'");
            db.run("select pg_reload_conf()");
            assertThat(lines(db.submit(spec).findings(), FindingCode.CHECKPOINTS))
                    .singleElement()
                    .asString()
                    .contains("and max_wal_size is 32MB: at full speed, checkpoints follow each other quickly");
        } finally {
            db.run("alter system reset max_wal_size");
            db.run("select pg_reload_conf()");
            db.run("drop table large");
        }
    }

    @Test
    void autovacuum_that_is_off_for_the_server() throws SQLException {
        db.run("alter system set autovacuum = off");
        db.run("select pg_reload_conf()");
        try {
            assertThat(of(FindingCode.AUTOVACUUM_OFF))
                    .singleElement()
                    .asString()
                    .startsWith("autovacuum is off for the whole");
        } finally {
            db.run("alter system reset autovacuum");
            db.run("select pg_reload_conf()");
        }
    }
}
