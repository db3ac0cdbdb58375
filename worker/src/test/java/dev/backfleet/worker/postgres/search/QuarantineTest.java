package dev.backfleet.worker.postgres.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.execute.RangeWorker;
import dev.backfleet.worker.execute.ShardAccess;
import dev.backfleet.worker.execute.ShardExecutor;
import dev.backfleet.worker.execute.ShardLeases;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.execute.WorkMetrics;
import dev.backfleet.worker.execute.WorkReports;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failures;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.RunOutcome;
import dev.backfleet.worker.shard.RunSettings;
import dev.backfleet.worker.shard.Step;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A row that the database refuses costs one row: it is in quarantine with its error, and every other is changed once. */
@Tag("server")
class QuarantineTest {
    private static final List<String> ID = List.of("id");
    private static final WorkMetrics METRICS = new WorkMetrics(new SimpleMeterRegistry());

    private static TestFleet fleet;

    @BeforeAll
    static void open() {
        fleet = TestFleet.open();
    }

    @AfterAll
    static void close() throws SQLException {
        fleet.close();
    }

    @AfterEach
    void forget() throws SQLException {
        fleet.run("drop table if exists t; delete from backfleet.job");
    }

    /** Works on a shard as a worker does. */
    private static RunOutcome work(ShardAccess database, Claim claim) {
        var context = ShardExecutor.Context.system(() -> new ControlView(true, Map.of()), () -> false);
        var reports = new WorkReports("w", event -> {}, METRICS, Clock.systemUTC(), context.ticker());
        var settings = new RunSettings(Duration.ofMinutes(5), TestFleet.LEASE, 8, Duration.ofSeconds(5));
        try {
            return new ShardExecutor(settings, failures -> Duration.ofMillis(5), context, reports).run(claim, database);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void table(int rows, String poison) throws SQLException {
        fleet.run("create table t (id bigint primary key, n integer not null default 0, "
                + "check (n = 0 or id not in (" + poison + ")))");
        fleet.run("insert into t select i from generate_series(1, " + rows + ") i");
    }

    private static Claim claim(JobDefinition definition, String upper) throws SQLException {
        return fleet.claim(definition, upper);
    }

    private static String quarantined(String column) throws SQLException {
        return fleet.ask("select string_agg(" + column + "::text, ' ' order by id) from backfleet.quarantine");
    }

    private static void assertCounts(String quarantined, String walked) throws SQLException {
        assertThat(fleet.ask("select count(*) from backfleet.quarantine")).isEqualTo(quarantined);
        assertThat(fleet.ask("select quarantined from backfleet.job")).isEqualTo(quarantined);
        assertThat(fleet.ask(
                        "select sum(rows_walked), sum(rows_changed) = (select sum(n) from t) from backfleet.shard"))
                .isEqualTo(walked + " t");
    }

    @Test
    void of_twenty_thousand_rows_exactly_the_seven_bad_ones_are_quarantined_and_the_others_changed_once()
            throws SQLException {
        table(20_000, "1, 2, 7777, 7778, 7779, 12345, 20000");
        var claim = claim(fleet.definition("t", null, ID, "n=n + 1"), "{20000}");
        assertThat(work(fleet.access(), claim)).isEqualTo(new RunOutcome.Done());

        assertThat(fleet.ask("select count(*) filter (where n = 1), count(*) filter (where n = 0), max(n) from t"))
                .isEqualTo("19993 7 1");
        assertThat(quarantined("key")).isEqualTo("{1} {2} {7777} {7778} {7779} {12345} {20000}");
        assertCounts("7", "20000");
        assertThat(fleet.ask("select min(sqlstate), max(sqlstate), min(message), min(shard), min(epoch), min(worker), "
                        + "bool_and(relation = 't'::regclass) from backfleet.quarantine"))
                .isEqualTo("23514 23514 check constraint violated: constraint \"t_check\" 1 1 w t");
        assertThat(fleet.ask("select state, cursor, worker from backfleet.shard"))
                .isEqualTo("DONE {20000} null");
    }

    @Test
    void workers_that_die_at_any_statement_leave_nothing_lost_and_nothing_twice() throws SQLException {
        table(300, "1, 2, 50, 51, 199, 300");
        var definition = fleet.definition("t", null, ID, "n=n + 1");
        var job = fleet.job(definition);
        var task = fleet.shard(job, definition.table(), null, "{300}");
        RunOutcome outcome = new RunOutcome.LeaseLost();
        for (var life = 1; !(outcome instanceof RunOutcome.Done); life++) {
            fleet.run("update backfleet.shard set state = 'DISPATCHED', worker = null, lease_until = null, dispatch = "
                    + life);
            var claim = fleet.leases.claim(new Task(task.shard(), life)).orElseThrow();
            // The statement with this number is sent, and its answer never read.
            outcome = workUntilKilled(claim, 1 + life % 9);
            assertThat(fleet.ask("select (select count(*) from backfleet.quarantine) = quarantined from backfleet.job"))
                    .isEqualTo("t");
        }
        assertThat(fleet.ask("select count(*) filter (where n = 1), max(n) from t"))
                .isEqualTo("294 1");
        assertThat(quarantined("key")).isEqualTo("{1} {2} {50} {51} {199} {300}");
        assertCounts("6", "300");
    }

    private static RunOutcome workUntilKilled(Claim claim, int statements) {
        var left = new int[] {statements};
        var killed = new ShardAccess(
                killed(ShardLeases.class, fleet.leases, left), killed(RangeWorker.class, fleet.ranges, left));
        try {
            return work(killed, claim);
        } catch (Killed e) {
            return new RunOutcome.LeaseLost();
        }
    }

    private static <T> T killed(Class<T> type, T port, int[] left) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            try {
                var result = method.invoke(port, args);
                if (--left[0] == 0) {
                    throw new Killed();
                }
                return result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void rows_of_a_composite_key_and_of_a_text_key_are_told_by_their_keys() throws SQLException {
        fleet.run("create table t (tenant text collate \"C\", id integer, n integer not null default 0, "
                + "primary key (tenant, id), check (n = 0 or (tenant, id) not in (('a,\"{', 1), ('b ', 3))))");
        fleet.run("insert into t select v, i from unnest(array['a,\"{', 'b ']) v, generate_series(1, 3) i");
        var claim = claim(fleet.definition("t", null, List.of("tenant", "id"), "n=n + 1"), "{\"b \",3}");
        assertThat(work(fleet.access(), claim)).isEqualTo(new RunOutcome.Done());
        assertThat(fleet.ask("select string_agg(key[1] || '|' || key[2], ' ; ' order by id) from backfleet.quarantine"))
                .isEqualTo("a,\"{|1 ; b |3");
        assertCounts("2", "6");
    }

    @Test
    void the_last_row_before_the_end_of_a_tenant_is_put_aside_too() throws SQLException {
        fleet.run("create table t (tenant integer, id integer, n integer not null default 0, "
                + "primary key (tenant, id), check (n = 0 or (tenant, id) not in ((1, 1), (1, 3))))");
        fleet.run("insert into t select v, i from generate_series(1, 2) v, generate_series(1, 3) i");
        var definition = fleet.definition("t", null, List.of("tenant", "id"), "n=n + 1");
        var led = new JobDefinition(
                definition.table(),
                definition.key(),
                true,
                definition.work(),
                definition.shardRows(),
                definition.batchDuration(),
                definition.batchMaxRows());
        assertThat(work(fleet.access(), claim(led, "{1}"))).isEqualTo(new RunOutcome.Done());
        assertThat(quarantined("key")).isEqualTo("{1,1} {1,3}");
        assertThat(fleet.ask("select state, cursor, rows_walked, rows_changed from backfleet.shard"))
                .isEqualTo("DONE {1} 3 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "create unique index t_v on t (v)                                | v=case when id in (3, 4) then 'secret' else id::text end | 23505 | duplicate key in a unique index: constraint \"t_v\"                     | {4}",
                "alter table t add constraint c unique (v) deferrable initially deferred | v=case when id in (3, 4) then 'secret' else id::text end | 23505 | duplicate key in a unique index: constraint \"c\"                | {4}",
                "select                                                          | v=case when id = 4 then concat('secret', id)::integer::text else v end | 22P02 | invalid text for the type                                   | {4}",
                "select                                                          | v=case when id = 4 then concat('secret', id)::date::text else v end | 22007 | invalid date or time format                                    | {4}",
                "alter table t add check (v <> 'secret')                         | v=case when id = 4 then 'secret' else v end         | 23514 | check constraint violated: constraint \"t_v_check\"                         | {4}",
                "alter table t alter v type varchar(3)                           | v=case when id = 4 then 'secret' else v end         | 22001 | value too long for the column                                               | {4}",
                "alter table t alter v set not null                              | v=case when id <> 4 then v end                      | 23502 | null in a column that is NOT NULL: column \"v\"                             | {4}",
                "create trigger raise before update on t for each row when (new.id = 4) execute function raise('P0001') | v='secret' | P0001 | exception raised by function raise(), trigger of table public.t | {4}",
                "create trigger raise before update on t for each row when (new.id = 4) execute function raise('23514') | v='secret' | 23514 | check constraint violated, raised by function raise(), trigger of table public.t | {4}",
                "create constraint trigger raise after update on t deferrable initially deferred for each row when (new.id = 4) execute function raise('P0001') | v='secret' | P0001 | exception raised by function raise(), trigger of table public.t | {4}",
            })
    void whatever_refuses_a_row_it_is_found_and_its_values_are_told_nowhere(
            String obstacle, String change, String code, String message, String key) throws SQLException {
        fleet.run("create table t (id bigint primary key, v text default 'ok', n integer default 0)");
        fleet.run("create or replace function raise() returns trigger language plpgsql as $$ begin "
                + "raise exception 'the value is %', new.v using errcode = tg_argv[0], detail = new.v, hint = new.v, "
                + "constraint = new.v, column = new.v; end $$");
        fleet.run("insert into t select i, i::text from generate_series(1, 10) i");
        fleet.run(obstacle);
        var claim = claim(fleet.definition("t", null, ID, change, "n=n + 1"), "{10}");
        assertThat(work(fleet.access(), claim)).isEqualTo(new RunOutcome.Done());
        assertThat(fleet.ask("select sqlstate || '|' || message || '|' || key::text from backfleet.quarantine"))
                .isEqualTo(code + "|" + message + "|" + key);
        assertCounts("1", "10");
    }

    @Test
    void no_value_is_in_what_a_refusal_says_not_even_in_an_error_of_a_functions_sql() throws SQLException {
        fleet.run("create table t (id bigint primary key, v text default 'secret')");
        fleet.run("insert into t values (1)");
        fleet.run("create or replace function dynamic(v text) returns text language plpgsql as "
                + "$$ begin execute 'select ' || v; return v; end $$");
        for (var expression : List.of("v=dynamic(v)", "v=dynamic(v || ' from')", "v=v::integer")) {
            var claim = claim(fleet.definition("t", null, ID, expression), "{1}");
            try {
                fleet.ranges.batch(claim, new Step.Batch(claim.cursor(), 1));
            } catch (StatementFailedException e) {
                assertThat(e.failure().message()).isNotEmpty().doesNotContain("secret");
                assertThat(e.getMessage()).doesNotContain("secret");
            }
            fleet.run("delete from backfleet.job");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "t   | create function helper(v bigint) returns bigint language plpgsql as $$ begin raise exception 'secret'; end $$ | "
                        + "perform helper(new.id)            | exception raised by function helper(bigint), trigger of table public.t",
                "log | create trigger guards before insert on \"Log\" for each row execute function guard()                      | "
                        + "insert into \"Log\" values (new.id) | exception raised by function guard(), trigger of table public.\"Log\"",
                "two | create trigger guards before insert on \"Log\" for each row execute function fires()                      | "
                        + "raise exception 'secret'          | exception raised by function fires(), trigger of table public.t",
                "t   | select                                                                                                   | "
                        + "new.n := 'secret'                 | invalid text for the type: in function fires(), trigger of table public.t",
            })
    void an_error_of_a_trigger_names_its_function_and_the_table(String name, String more, String body, String message)
            throws SQLException {
        fleet.run("create table t (id bigint primary key, n integer default 0); create table \"Log\" (id bigint)");
        fleet.run(
                "create function guard() returns trigger language plpgsql as $$ begin raise exception 'secret'; end $$");
        fleet.run("create function fires() returns trigger language plpgsql as $$ begin " + body
                + "; return new; end $$");
        try {
            fleet.run(more);
            fleet.run("insert into t values (1); create trigger fires before update on t for each row execute function "
                    + "fires()");
            assertThat(work(fleet.access(), claim(fleet.definition("t", null, ID, "n=n + 1"), "{10}")))
                    .isEqualTo(new RunOutcome.Done());
            assertThat(fleet.ask("select message from backfleet.quarantine"))
                    .as(name)
                    .isEqualTo(message);
        } finally {
            fleet.run("drop function guard() cascade; drop function fires() cascade; drop table \"Log\"; "
                    + "drop function if exists helper(bigint)");
        }
    }

    @Test
    void a_statement_trigger_that_refuses_every_batch_ends_with_the_rows_in_quarantine() throws SQLException {
        fleet.run("create table t (id bigint primary key, n integer default 0)");
        fleet.run("insert into t select i from generate_series(1, 5) i");
        fleet.run("create or replace function no() returns trigger language plpgsql as "
                + "$$ begin raise exception 'no'; end $$");
        fleet.run("create trigger no before update on t for each statement execute function no()");
        var claim = claim(fleet.definition("t", null, ID, "n=n + 1"), "{100}");
        assertThat(work(fleet.access(), claim)).isEqualTo(new RunOutcome.Done());
        assertThat(fleet.ask("select state, cursor, rows_walked from backfleet.shard"))
                .isEqualTo("DONE {100} 5");
        assertCounts("5", "5");
    }

    @Test
    void with_a_budget_of_no_rows_the_first_one_halts_the_job() throws SQLException {
        table(100, "40, 41");
        var claim = claim(fleet.definition("t", null, ID, "n=n + 1"), "{100}");
        fleet.run("update backfleet.job set budget_rows = 0");
        assertThat(work(fleet.access(), claim)).isEqualTo(new RunOutcome.JobStopped(true));
        assertThat(fleet.ask("select state, error from backfleet.job"))
                .isEqualTo(
                        "HALTED error budget spent: quarantined 1, error-budget.rows is 0; most often SQLSTATE 23514 (1)");
        assertThat(fleet.ask("select state, cursor, worker, lease_until from backfleet.shard"))
                .isEqualTo("PENDING {40} null null");
        assertThat(quarantined("key")).isEqualTo("{40}");
        assertThat(fleet.leases.readBack(claim)).isInstanceOf(ShardLeases.ClaimStatus.Lost.class);
    }

    @Test
    void a_job_halts_when_too_large_a_share_of_its_rows_is_refused_but_not_because_of_a_hundred() throws SQLException {
        table(2_000, "1999, 2000");
        fleet.run("alter table t add check (n = 0 or id > 100)");
        var claim = claim(fleet.definition("t", null, ID, "n=n + 1"), "{2000}");
        fleet.run("update backfleet.job set budget_ratio = 0.0506");
        assertThat(work(fleet.access(), claim)).isEqualTo(new RunOutcome.JobStopped(true));
        assertThat(fleet.ask("select state, error from backfleet.job"))
                .isEqualTo(
                        "HALTED error budget spent: quarantined 102 of 2000 rows scanned, error-budget.ratio is 5.06%; "
                                + "most often SQLSTATE 23514 (102)");
        assertThat(fleet.ask("select state, worker from backfleet.shard"))
                .as("the row was its last one")
                .isEqualTo("DONE null");
        assertCounts("102", "2000");
    }

    @Test
    void the_budget_is_the_fleets_and_no_row_is_put_aside_after_the_one_that_spends_it() throws Exception {
        table(4_000, "0");
        fleet.run("alter table t add check (n = 0)");
        var definition = fleet.definition("t", null, ID, "n=n + 1");
        var job = fleet.job(definition);
        fleet.run("update backfleet.job set budget_rows = 20, concurrency = 4");
        var ends = IntStream.range(0, 4)
                .mapToObj(i -> shard(job, definition, i))
                .map(claim -> CompletableFuture.supplyAsync(() -> work(fleet.access(), claim)))
                .toList();
        var halted = 0;
        for (var end : ends) {
            var outcome = end.get();
            assertThat(outcome).isInstanceOf(RunOutcome.JobStopped.class);
            halted += ((RunOutcome.JobStopped) outcome).budgetSpent() ? 1 : 0;
        }
        assertThat(halted).as("workers that halted the job").isEqualTo(1);
        assertThat(fleet.ask("select string_agg(distinct state, ' ') from backfleet.shard"))
                .isEqualTo("PENDING");
        assertCounts("21", "21");
    }

    private static Claim shard(long job, JobDefinition definition, int i) {
        try {
            var lower = i == 0 ? null : "{" + i * 1_000 + "}";
            return fleet.leases
                    .claim(fleet.shard(job, definition.table(), lower, "{" + (i + 1) * 1_000 + "}"))
                    .orElseThrow();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_stale_claim_quarantines_nothing() throws SQLException {
        table(10, "1");
        var claim = claim(fleet.definition("t", null, ID, "n=n + 1"), "{10}");
        var row = new Step.Quarantine(claim.cursor(), Failures.of("23514", "no"));
        fleet.run("update backfleet.shard set epoch = epoch + 1");
        assertThat(fleet.ranges.quarantine(claim, row)).isEmpty();
        fleet.run("update backfleet.shard set epoch = epoch - 1, cursor = '{3}'");
        assertThat(fleet.ranges.quarantine(claim, row)).isEmpty();
        fleet.run("update backfleet.shard set cursor = null, state = 'PENDING', worker = null, lease_until = null");
        assertThat(fleet.ranges.quarantine(claim, row)).isEmpty();
        assertCounts("0", "0");
        assertStopped(claim, row);
    }

    private static void assertStopped(Claim claim, Step.Quarantine row) throws SQLException {
        fleet.run("update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now()");
        fleet.run("update backfleet.job set state = 'PAUSING'");
        assertThat(fleet.ranges.quarantine(claim, row)).hasValueSatisfying(result -> assertThat(result.status())
                .isEqualTo(QuarantineResult.ShardStatus.JOB_STOPPED));
        assertCounts("0", "0");
        assertThat(fleet.ask("select state, cursor is null from backfleet.shard"))
                .isEqualTo("PENDING t");
    }
}
