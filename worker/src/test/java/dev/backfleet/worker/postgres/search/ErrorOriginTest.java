package dev.backfleet.worker.postgres.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.worker.execute.ShardAccess;
import dev.backfleet.worker.execute.ShardExecutor;
import dev.backfleet.worker.execute.WorkMetrics;
import dev.backfleet.worker.execute.WorkReports;
import dev.backfleet.worker.postgres.PostgresRangeWorker;
import dev.backfleet.worker.postgres.PostgresShardLeases;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.postgres.WorkerSession;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.RunOutcome;
import dev.backfleet.worker.shard.RunSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An error is judged by where it was raised: what a function raises for a row is that row's, whatever its code. */
@Tag("server")
class ErrorOriginTest {
    private static final List<String> ID = List.of("id");

    private static TestFleet fleet;

    @BeforeAll
    static void open() throws SQLException {
        var url = SharedServers.freshDatabase();
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            // Time limits follow from it.
            statement.execute("do $$ begin execute format('alter database %I set deadlock_timeout = ''250ms''', "
                    + "current_database()); end $$");
        }
        fleet = TestFleet.openOn(url);
        fleet.run("create function boom() returns trigger language plpgsql as $$ begin if new.id = 150 then "
                + "raise exception 'the secret is %', new.v using errcode = tg_argv[0], detail = new.v, table = new.v; "
                + "end if; return new; end $$");
    }

    @AfterAll
    static void close() throws SQLException {
        fleet.close();
    }

    @AfterEach
    void forget() throws SQLException {
        fleet.run("drop table if exists t cascade; delete from backfleet.job");
    }

    private static void table() throws SQLException {
        fleet.run("create table t (id bigint primary key, v text default 'secret', n integer not null default 0)");
        fleet.run("insert into t select i from generate_series(1, 200) i");
    }

    private static Claim claim(String... set) throws SQLException {
        return fleet.claim(fleet.definition("t", null, ID, set), "{200}");
    }

    private static RunOutcome work(Claim claim) {
        return work(claim, fleet.access());
    }

    static RunOutcome work(Claim claim, ShardAccess database) {
        var context = ShardExecutor.Context.system(() -> new ControlView(true, Map.of()), () -> false);
        var metrics = new WorkMetrics(new SimpleMeterRegistry());
        var reports = new WorkReports("w", event -> {}, metrics, Clock.systemUTC(), context.ticker());
        var settings = new RunSettings(Duration.ofMinutes(5), TestFleet.LEASE, 100, Duration.ofSeconds(5));
        try {
            return new ShardExecutor(settings, failures -> Duration.ofMillis(5), context, reports).run(claim, database);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertOneRowIsMissing(String code, String message) throws SQLException {
        assertThat(
                        fleet.ask(
                                "select string_agg(sqlstate || ' ' || key::text || ' ' || message, '; ') from backfleet.quarantine"))
                .isEqualTo(code + " {150} " + message);
        assertThat(fleet.ask("select count(*) filter (where n = 1), count(*) filter (where n = 0 and id = 150) from t"))
                .isEqualTo("199 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01000", "02000", "03000", "08000", "08001", "08006", "08P01", "09000", "0A000", "0Z002", "20000",
                        "21000",
                "22012", "23514", "25006", "25P02", "25P03", "26000", "28P01", "2D000", "2F005", "34000", "38000",
                        "39P01",
                "3D000", "3F000", "40000", "40001", "40003", "40P01", "42501", "42601", "42703", "42883", "42P01",
                        "42P05",
                "44000", "53000", "53100", "53200", "53300", "54001", "55000", "55006", "55P03", "57000", "57014",
                        "57P01",
                "57P02", "57P03", "57P05", "58030", "72000", "F0000", "HV000", "HV00N", "P0001", "P0004", "PT409",
                        "XX000",
                "XX001", "ZZZ99"
            })
    void what_a_trigger_raises_for_a_row_is_the_rows_whatever_its_code(String code) throws SQLException {
        table();
        fleet.run("create trigger boom before update on t for each row execute function boom('" + code + "')");
        assertThat(work(claim("n=n + 1"))).isEqualTo(new RunOutcome.Done());
        assertThat(fleet.ask("select message from backfleet.quarantine"))
                .contains("function boom(), trigger of table public.t")
                .doesNotContain("secret");
        assertOneRowIsMissing(code, fleet.ask("select message from backfleet.quarantine"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"42501", "40001", "57014", "0A000"})
    void what_a_trigger_raises_at_commit_is_the_rows(String code) throws SQLException {
        table();
        fleet.run("create constraint trigger boom after update on t deferrable initially deferred for each row "
                + "execute function boom('" + code + "')");
        assertThat(work(claim("n=n + 1"))).isEqualTo(new RunOutcome.Done());
        assertThat(fleet.ask("select sqlstate || key::text from backfleet.quarantine"))
                .isEqualTo(code + "{150}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "42P01 | a table does not exist: in function f(bigint)",
                "42703 | a column does not exist: in function f(bigint)",
                "42883 | a function or operator does not exist: in function f(bigint)",
                "42601 | syntax error: in function f(bigint)",
                "0A000 | feature not supported: in function f(bigint)",
                "25006 | read-only transaction: in function f(bigint)",
                "55000 | object not in the required state: in function f(bigint)",
                "22012 | division by zero: in function f(bigint)",
            })
    void what_the_server_reports_in_a_function_for_one_row_is_the_rows(String code, String message)
            throws SQLException {
        table();
        var sql = Map.of(
                "42P01", "execute 'select 1 from secret_' || x",
                "42703", "execute 'select secret from t'",
                "42883", "execute 'select secret(1)'",
                "42601", "execute 'secret'",
                "0A000", "perform later(x)",
                "25006", "perform reading(x)",
                "55000", "perform currval('unused')",
                "22012", "perform 1 / (x - x)");
        fleet.run("drop function if exists f(bigint), later(bigint), reading(bigint); drop sequence if exists unused; "
                + "create sequence unused; drop table if exists log; create table log (x bigint)");
        fleet.run("create function later(x bigint) returns void language plpgsql stable as "
                + "$$ begin insert into log values (x); end $$");
        fleet.run("create function reading(x bigint) returns void language plpgsql as "
                + "$$ begin set local transaction_read_only = on; insert into log values (x); end $$");
        fleet.run("create function f(x bigint) returns integer language plpgsql as $$ begin if x = 150 then "
                + sql.get(code) + "; end if; return 1; end $$");
        assertThat(work(claim("n=n + f(id)"))).isEqualTo(new RunOutcome.Done());
        assertThat(fleet.ask("select sqlstate || key::text from backfleet.quarantine"))
                .isEqualTo(code + "{150}");
        assertThat(fleet.ask("select message from backfleet.quarantine")).doesNotContain("secret");
        if (!code.equals("0A000") && !code.equals("25006")) {
            assertOneRowIsMissing(code, message);
        }
    }

    /** Servers differ in what they report for a text that is too large. */
    private static String tooLarge() {
        try {
            return fleet.ask("select length(repeat('secret', 300000000))");
        } catch (SQLException e) {
            return String.valueOf(e.getSQLState());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "n=n + 1, v=case when id = 150 then concat(v, '_table')::regclass::text else v end | 42P01 | a table does not exist",
                "n=n + 1, v=case when id = 150 then concat(v, ' & (')::tsquery::text else v end | 42601 | syntax error",
                "n=n + 1, v=case when id = 150 then current_setting(concat('no.', v)) else v end | 42704 | an object does not exist",
                "n=n + 1, v=case when id = 150 then repeat(v, 300000000) else v end | 54000 | a value or row is too large",
            })
    void an_expression_that_looks_up_a_value_as_a_name_is_the_rows(String set, String code, String message)
            throws SQLException {
        table();
        assertThat(work(claim(set.split(", (?=v=)")))).isEqualTo(new RunOutcome.Done());
        if (code.equals("54000") && tooLarge().equals("XX000")) {
            assertOneRowIsMissing("XX000", "internal error");
        } else {
            assertOneRowIsMissing(code, message);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter table t add check (ok(id, n))",
                "create domain d as integer check (ok(value + 149, value)); alter table t alter n type d",
                "create index t_f on t ((ok(id, n)))",
                "alter table t add g boolean generated always as (ok(id, n)) stored",
                "create policy p on t using (true) with check (ok(id, n)); alter table t enable row level security",
            })
    void wherever_a_function_raises_it_is_found(String place) throws SQLException {
        table();
        fleet.run("drop domain if exists d; drop function if exists ok; create function ok(x bigint, n integer) "
                + "returns boolean language plpgsql immutable as $$ begin if x = 150 and n = 1 then "
                + "raise exception 'secret' using errcode = '42P01'; end if; return true; end $$");
        fleet.run(place);
        var rows = place.contains("domain") ? "n=case when id = 150 then 1 else 2 end" : "n=n + 1";
        assertThat(work(claim(rows))).isEqualTo(new RunOutcome.Done());
        var expected = place.contains("policy") ? "" : "42P01{150}";
        assertThat(fleet.ask("select coalesce(string_agg(sqlstate || key::text, ' '), '') from backfleet.quarantine"))
                .isEqualTo(expected);
        fleet.run("drop table t; drop domain if exists d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"copy t from '/secret/150'", "perform pg_read_file('/secret/' || new.id)"})
    void a_file_that_a_function_cannot_open_is_the_rows(String statement) throws SQLException {
        table();
        fleet.run("create or replace function files() returns trigger language plpgsql as "
                + "$$ begin if new.id = 150 then " + statement + "; end if; return new; end $$");
        fleet.run("create trigger files before update on t for each row execute function files()");
        assertThat(work(claim("n=n + 1"))).isEqualTo(new RunOutcome.Done());
        assertOneRowIsMissing("58P01", "system error: in function files(), trigger of table public.t");
    }

    @Test
    void a_statement_that_cannot_be_planned_halts_the_job_and_quarantines_nothing() throws SQLException {
        table();
        fleet.run("create table if not exists log (x bigint)");
        fleet.run("create rule audit as on update to t do also insert into log values (old.id)");
        var claim = claim("n=n + 1");
        assertThat(work(claim)).isInstanceOfSatisfying(RunOutcome.HaltJob.class, halt -> assertThat(halt.failure())
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.SCHEMA_CHANGED))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo("0A000")));
        assertThat(fleet.ask("select count(*) from backfleet.quarantine")).isEqualTo("0");
    }

    @Test
    void a_constraint_of_the_control_schema_is_never_a_rows_error() throws SQLException {
        table();
        fleet.run("alter table backfleet.shard add constraint ours check (batches < 1)");
        try {
            assertThat(work(claim("n=n + 1"))).isInstanceOfSatisfying(RunOutcome.Fail.class, fail -> assertThat(
                            fail.failure().message())
                    .contains("\"ours\""));
        } finally {
            fleet.run("alter table backfleet.shard drop constraint ours");
        }
        assertThat(fleet.ask("select count(*), (select sum(n) from t) from backfleet.quarantine"))
                .isEqualTo("0 0");
    }

    @Test
    void a_permission_that_a_trigger_lacks_pauses_the_job_and_says_what_to_grant() throws SQLException {
        table();
        fleet.run("drop table if exists audit_log; create table audit_log (x bigint, v text)");
        fleet.run("create or replace function audit() returns trigger language plpgsql as "
                + "$$ begin insert into audit_log values (new.id, new.v); return new; end $$");
        fleet.run("create trigger audit before update on t for each row execute function audit()");
        fleet.run(
                "create role backfleet_origin; grant usage on schema backfleet to backfleet_origin; grant all on all tables in schema backfleet to "
                        + "backfleet_origin; grant select, update on t to backfleet_origin");
        var claim = claim("n=n + 1");
        var session = new ArrayList<>(WorkerSession.statements());
        session.add("set session authorization backfleet_origin");
        var profile = new Database.Profile("backfleet-worker/p", 1, session, Duration.ofSeconds(30));
        try (var database = Database.open(DatabaseSettings.ofUrl(fleet.url), profile)) {
            work(
                    claim,
                    new ShardAccess(
                            new PostgresShardLeases(database, "w", TestFleet.LEASE),
                            new PostgresRangeWorker(database, "w", TestFleet.LEASE)));
        } finally {
            fleet.run("drop owned by backfleet_origin; drop role backfleet_origin");
        }
        assertThat(fleet.ask("select state, trouble, reason from backfleet.job"))
                .startsWith("PAUSING 42501 paused itself: a permission is missing (42501: permission denied for table "
                        + "audit_log, in function audit(), trigger of table public.t: grant INSERT on audit_log to ");
        assertThat(fleet.ask("select count(*) from backfleet.quarantine")).isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select | update",
                "update, select (v) | select",
                "select (id), select (v) | update",
                "select, update (v) | update"
            })
    void a_permission_that_the_worker_lacks_pauses_the_job_and_says_what_to_grant(String has, String lacks)
            throws SQLException {
        table();
        fleet.run("create role backfleet_origin; grant usage on schema backfleet to backfleet_origin; "
                + "grant all on all tables in schema backfleet to backfleet_origin; grant " + has
                + " on t to backfleet_origin");
        var claim = claim("n=n + 1");
        var session = new ArrayList<>(WorkerSession.statements());
        session.add("set session authorization backfleet_origin");
        var profile = new Database.Profile("backfleet-worker/p", 1, session, Duration.ofSeconds(30));
        try (var database = Database.open(DatabaseSettings.ofUrl(fleet.url), profile)) {
            work(
                    claim,
                    new ShardAccess(
                            new PostgresShardLeases(database, "w", TestFleet.LEASE),
                            new PostgresRangeWorker(database, "w", TestFleet.LEASE)));
        } finally {
            fleet.run("drop owned by backfleet_origin; drop role backfleet_origin");
        }
        assertThat(fleet.ask("select reason from backfleet.job"))
                .isEqualTo("paused itself: a permission is missing (42501: permission denied for table t: grant "
                        + lacks + " on public.t to backfleet_origin)");
    }

    @ParameterizedTest
    @CsvSource({"1.0, 1", "0.3, 0"})
    void a_row_that_takes_longer_than_its_time_is_quarantined_and_one_that_does_not_is_changed(
            String limit, String changed) throws SQLException {
        table();
        fleet.run("create or replace function slow() returns trigger language plpgsql as $$ begin if new.id = 150 then "
                + "perform pg_sleep(0.5); end if; return new; end $$");
        fleet.run("create trigger slow before update on t for each row execute function slow()");
        fleet.run("alter table backfleet.job alter row_timeout set default " + limit);
        try {
            assertThat(work(claim("n=n + 1"))).isEqualTo(new RunOutcome.Done());
        } finally {
            fleet.run("alter table backfleet.job alter row_timeout set default 1.5");
        }
        assertThat(fleet.ask("select n from t where id = 150")).isEqualTo(changed);
        if (changed.equals("0")) {
            assertOneRowIsMissing("57014", "takes longer than 300ms");
        } else {
            assertThat(fleet.ask("select count(*), (select sum(n) from t) from backfleet.quarantine"))
                    .isEqualTo("0 200");
        }
    }

    @Test
    void a_slow_row_of_a_composite_key_is_found_too_wherever_the_shard_ends() throws SQLException {
        fleet.run(
                "create table t (tenant integer, id integer, n integer not null default 0, primary key (tenant, id))");
        fleet.run("insert into t select v, i from generate_series(1, 3) v, generate_series(1, 3) i");
        fleet.run("create or replace function slow() returns trigger language plpgsql as "
                + "$$ begin if new.id = 2 then perform pg_sleep(0.5); end if; return new; end $$");
        fleet.run("create trigger slow before update on t for each row execute function slow()");
        fleet.run("alter table backfleet.job alter row_timeout set default 0.25");
        try {
            var definition = fleet.definition("t", null, List.of("tenant", "id"), "n=n + 1");
            assertThat(work(fleet.claim(definition, "{3,3}"))).isEqualTo(new RunOutcome.Done());
        } finally {
            fleet.run("alter table backfleet.job alter row_timeout set default 1.5");
        }
        assertThat(fleet.ask("select string_agg(key::text, ' ' order by id), min(sqlstate) from backfleet.quarantine"))
                .isEqualTo("{1,2} {2,2} {3,2} 57014");
        assertThat(fleet.ask("select sum(n), count(*) filter (where n = 1) from t"))
                .isEqualTo("6 6");
    }

    @Test
    void the_time_of_a_slow_row_is_not_left_behind_in_the_session() throws SQLException {
        a_row_that_takes_longer_than_its_time_is_quarantined_and_one_that_does_not_is_changed("1.0", "1");
        for (var i = 0; i < 6; i++) {
            fleet.database.jdbi().useHandle(handle -> assertThat(handle.createQuery(
                                    "select current_setting('statement_timeout') || current_setting('backfleet.wait_without_rows')")
                            .mapTo(String.class)
                            .one())
                    .isEqualTo("200ms50"));
        }
    }
}
