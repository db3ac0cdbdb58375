package dev.backfleet.coordinator.postgres.quarantine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.quarantine.ReplaceExpressions;
import dev.backfleet.coordinator.operation.quarantine.RetryRows.Outcome;
import dev.backfleet.coordinator.operation.quarantine.RetryRows.Verdict;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A row that is retried is changed once, counted once, and leaves the quarantine; none while it is to stand still. */
@Tag("server")
class RetryRowsTest {
    private static TestDatabase db;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("drop table if exists t cascade; delete from backfleet.job; delete from backfleet.control; "
                + "truncate backfleet.audit");
    }

    private static void assertCounts(Outcome outcome, Map<Verdict, Integer> counts) {
        assertThat(outcome.counts()).isEqualTo(counts);
        assertThat(outcome.obstacle()).isEmpty();
    }

    @Test
    void the_sync_of_the_jobs_own_migration_does_not_fire() throws SQLException {
        var rows = QuarantinedRows.of(db, "", 50);
        rows.state("SUCCEEDED");
        db.run("create or replace function refuse() returns trigger language plpgsql as "
                + "'begin raise exception ''fired''; end'");
        db.run("create trigger sync before update on t for each row when ("
                + "current_setting('backfleet.sync', true) is distinct from 'mine') execute function refuse()");
        assertCounts(rows.retry(), Map.of(Verdict.REFUSED, 1));
        db.run("update backfleet.job set definition = definition::jsonb || '{\"v\": 5, \"migration\": \"mine\"}'");
        assertCounts(rows.retry(), Map.of(Verdict.CHANGED, 1));
    }

    @Test
    void every_row_that_was_corrected_is_changed_once_and_the_others_stay_with_their_new_error() throws SQLException {
        var rows = QuarantinedRows.of(db, "", 1, 50, 51, 100);
        rows.state("SUCCEEDED");
        db.run("alter table t alter n type smallint; update t set n = 32767 where id = 50");
        assertCounts(rows.retry(), Map.of(Verdict.CHANGED, 3, Verdict.REFUSED, 1));
        assertThat(rows.left()).containsExactly("50");
        assertThat(db.ask("select sqlstate || message || retries from backfleet.quarantine"))
                .isEqualTo("22003numeric value out of range1");
        assertThat(rows.countsAreTrue()).isTrue();
        db.run("update t set n = 0 where id = 50");
        assertCounts(rows.retry(), Map.of(Verdict.CHANGED, 1));
        assertCounts(rows.retry(), Map.of());
        assertThat(db.ask("select count(*) || ' ' || max(n) || ' ' || sum(n) from t"))
                .isEqualTo("100 1 100");
        assertThat(rows.countsAreTrue()).isTrue();
    }

    @Test
    void rows_that_were_deleted_or_need_it_no_more_leave_the_quarantine_unchanged() throws SQLException {
        var rows = QuarantinedRows.of(db, "where: n = 0\n", 1, 2, 3);
        rows.state("SUCCEEDED");
        db.run("delete from t where id = 1");
        db.run("update t set n = 7 where id = 2");
        assertCounts(rows.retry(), Map.of(Verdict.NO_NEED, 2, Verdict.CHANGED, 1));
        assertThat(db.ask("select n from t where id = 2")).isEqualTo("7");
        assertThat(db.ask("select sum(rows_changed) from backfleet.shard")).isEqualTo("98");
        assertThat(db.ask("select quarantined from backfleet.job")).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "42501", "57014", "0A000", "42P01", "08006", "P0001"})
    void what_a_trigger_raises_again_is_the_rows_whatever_its_code(String code) throws SQLException {
        db.run(
                "create or replace function boom() returns trigger language plpgsql as "
                        + "$$ begin if new.id = 2 then raise exception 'secret' using errcode = tg_argv[0]; end if; return new; end $$");
        var rows = QuarantinedRows.of(db, "", 1, 2, 3);
        rows.state("RUNNING");
        db.run("create trigger boom before update on t for each row execute function boom('" + code + "')");
        assertCounts(rows.retry(), Map.of(Verdict.CHANGED, 2, Verdict.REFUSED, 1));
        assertThat(db.ask("select sqlstate || ' ' || message from backfleet.quarantine"))
                .contains(code, "function boom(), trigger of table public.t")
                .doesNotContain("secret");
    }

    @Test
    void what_a_trigger_changes_in_the_session_is_not_met_by_the_next_row() throws SQLException {
        var rows = QuarantinedRows.of(db, "", 1, 2, 3);
        rows.state("SUCCEEDED");
        db.run("create table fired (id bigint)");
        db.run("create or replace function fires() returns trigger language plpgsql as $$ begin "
                + "set session_replication_role = replica; insert into fired values (new.id); return new; end $$");
        db.run("create trigger fires before update on t for each row execute function fires()");
        assertCounts(rows.retry(), Map.of(Verdict.CHANGED, 3));
        assertThat(db.ask("select count(*) from fired")).isEqualTo("3");
        db.run("drop table fired");
    }

    @Test
    void a_retried_row_has_the_timeout_of_a_single_row_and_a_message_if_it_expires() throws SQLException {
        var rows = QuarantinedRows.of(db, "batch: { row-timeout: 3s }\n", 1, 2);
        rows.state("RUNNING");
        db.run("create or replace function slow() returns trigger language plpgsql as "
                + "$$ begin if new.id = 2 then perform pg_sleep(1.1); end if; return new; end $$");
        db.run("create trigger slow before update on t for each row execute function slow()");
        db.run("update backfleet.job set row_timeout = 0.3");
        assertCounts(rows.retry(), Map.of(Verdict.CHANGED, 1, Verdict.REFUSED, 1));
        assertThat(db.ask("select sqlstate || ' ' || message from backfleet.quarantine"))
                .isEqualTo("57014 takes longer than batch.row-timeout");
        db.run("update backfleet.job set row_timeout = 30");
        assertCounts(rows.retry(), Map.of(Verdict.CHANGED, 1));
        assertThat(rows.countsAreTrue()).isTrue();
    }

    @Test
    void one_row_can_be_retried_by_its_key() throws SQLException {
        var rows = QuarantinedRows.of(db, "", 1, 2, 3);
        rows.state("RUNNING");
        assertCounts(rows.retry("1", "2"), Map.of(Verdict.CHANGED, 1));
        assertThat(rows.left()).containsExactly("1", "3");
        assertThat(rows.countsAreTrue()).isTrue();
    }

    @Test
    void two_who_retry_at_once_change_no_row_twice() throws Exception {
        var ids = IntStream.rangeClosed(1, 100).toArray();
        var rows = QuarantinedRows.of(db, "", ids);
        rows.state("RUNNING");
        var both = List.of(CompletableFuture.supplyAsync(rows::retry), CompletableFuture.supplyAsync(rows::retry));
        var changed = 0;
        for (var one : both) {
            changed += one.get().count(Verdict.CHANGED);
        }
        assertThat(changed).isEqualTo(100);
        assertThat(db.ask("select max(n) from t")).isEqualTo("1");
        assertThat(rows.countsAreTrue()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLANNING", "PAUSING", "PAUSED", "CANCELLING", "CANCELLED"})
    void no_row_of_a_stopped_job_is_changed(String state) throws SQLException {
        var rows = QuarantinedRows.of(db, "", 1, 2);
        rows.state(state);
        assertThat(rows.retry()).isEqualTo(new Outcome(Map.of(), Optional.of(Verdict.JOB_NOT_RUNNING)));
        assertThat(rows.left()).hasSize(2);
        assertThat(rows.countsAreTrue()).isTrue();
    }

    @Test
    void rows_of_a_job_that_halted_itself_are_changed_unless_its_table_changed_or_a_pause_of_it_is_stored()
            throws SQLException {
        var rows = QuarantinedRows.of(db, "", 1, 2, 3);
        rows.state("HALTED");
        assertCounts(rows.retry("1", "1"), Map.of(Verdict.CHANGED, 1));
        db.run("insert into backfleet.control (scope, state) values ('job/" + rows.job + "', 'PAUSE')");
        assertThat(rows.retry().obstacle()).hasValue(Verdict.JOB_NOT_RUNNING);
        db.run("update backfleet.control set state = 'RUN'; alter table t alter n type bigint");
        assertThat(rows.retry().obstacle()).hasValue(Verdict.JOB_NOT_RUNNING);
        db.run("alter table t alter n type integer");
        assertCounts(rows.retry(), Map.of(Verdict.CHANGED, 2));
        assertThat(rows.countsAreTrue()).isTrue();
        assertThat(db.ask("select state from backfleet.job")).isEqualTo("HALTED");
    }

    @Test
    void a_job_that_was_halted_by_its_budget_is_resumed_and_says_no_more_why() throws SQLException {
        var rows = QuarantinedRows.of(db, "", 1);
        rows.state("HALTED");
        db.run("update backfleet.job set error = 'error budget spent'");
        new PostgresControl(db.database)
                .apply(Scope.job(rows.job), new ControlRecord(DesiredState.RUN, null, null), Optional.empty());
        assertThat(db.ask("select concat_ws(' ', state, error) from backfleet.job"))
                .isEqualTo("RUNNING");
        assertCounts(rows.retry(), Map.of(Verdict.CHANGED, 1));
    }

    @Test
    void no_row_is_changed_while_the_fleet_or_its_tenant_is_paused_or_its_window_closed_or_it_is_throttled()
            throws SQLException {
        var rows = QuarantinedRows.of(db, "", 1, 100);
        rows.state("RUNNING");
        db.run("insert into backfleet.control (scope, state) values ('fleet', 'PAUSE')");
        assertThat(rows.retry().obstacle()).hasValue(Verdict.FLEET_PAUSED);
        db.run("update backfleet.control set state = 'RUN'");
        db.run("update backfleet.job set factor = 0");
        assertThat(rows.retry().obstacle()).hasValue(Verdict.JOB_NOT_RUNNING);
        db.run("update backfleet.job set factor = 1, work_window = '{}', opens_at = now() + interval '1 h', "
                + "closes_at = now() + interval '2 h'");
        assertThat(rows.retry().obstacle()).hasValue(Verdict.JOB_NOT_RUNNING);
        db.run("update backfleet.job set work_window = null, opens_at = null, closes_at = null");
        // As somebody may write it; the column is an integer.
        db.run("insert into backfleet.control (scope, state) values ('job/" + rows.job + "/tenant/ 01', 'PAUSE')");
        assertCounts(rows.retry(), Map.of(Verdict.TENANT_PAUSED, 1, Verdict.CHANGED, 1));
        assertThat(rows.left()).containsExactly("1");
        assertThat(rows.countsAreTrue()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"job", "fleet", "tenant"})
    void a_pause_is_acknowledged_only_after_the_row_that_is_under_way(String scope) throws Exception {
        var rows = QuarantinedRows.of(db, "", 1, 2, 3);
        rows.state("RUNNING");
        db.run("create or replace function slow() returns trigger language plpgsql as "
                + "$$ begin perform pg_sleep(0.2); return new; end $$");
        db.run("create trigger slow before update on t for each row execute function slow()");
        var retrying = CompletableFuture.supplyAsync(rows::retry);
        await().until(() -> !db.column("select 1 from pg_stat_activity where wait_event = 'PgSleep' "
                        + "and datname = current_database()")
                .isEmpty());
        var control = new PostgresControl(db.database);
        var wanted = scope.equals("fleet")
                ? Scope.FLEET
                : scope.equals("job") ? Scope.job(rows.job) : Scope.tenant(rows.job, "1");
        control.apply(wanted, new ControlRecord(DesiredState.PAUSE, null, null), Optional.empty());
        control.prove(wanted);
        var acknowledged = db.ask("select sum(n) from t");
        retrying.get();
        assertThat(db.ask("select sum(n) from t")).isEqualTo(acknowledged);
        assertThat(rows.left()).isNotEmpty();
        assertThat(rows.countsAreTrue()).isTrue();
    }

    @Test
    void a_row_that_the_application_holds_is_left_for_another_time() throws SQLException {
        var rows = QuarantinedRows.of(db, "", 1, 2);
        rows.state("SUCCEEDED");
        db.run("alter system set deadlock_timeout = '100ms'");
        db.ask("select pg_reload_conf()");
        try (var application = db.connect();
                var statement = application.createStatement()) {
            application.setAutoCommit(false);
            statement.execute("update t set n = n where id = 1");
            assertCounts(rows.retry(), Map.of(Verdict.BUSY, 1, Verdict.CHANGED, 1));
            application.rollback();
        } finally {
            db.run("alter system reset deadlock_timeout");
            db.ask("select pg_reload_conf()");
        }
        assertThat(rows.left()).containsExactly("1");
    }

    @Test
    void a_retried_row_is_drawn_on_the_jobs_rate() throws SQLException {
        var rows = QuarantinedRows.of(db, "rate: { rows-per-second: 10 }\n", 1, 2);
        rows.state("RUNNING");
        assertCounts(rows.retry(), Map.of(Verdict.CHANGED, 2));
        assertThat(db.ask("select next_at > clock_timestamp() from backfleet.pace"))
                .isEqualTo("t");
    }

    @Test
    void a_table_under_the_same_name_is_not_touched() throws SQLException {
        var rows = QuarantinedRows.of(db, "", 1);
        rows.state("SUCCEEDED");
        db.run("alter table t rename to old; create table t (like old including all); insert into t select * from old");
        assertThat(rows.retry().obstacle()).hasValue(Verdict.TABLE_CHANGED);
        assertThat(db.ask("select (select sum(n) from t) || ' ' || (select sum(n) from old)"))
                .isEqualTo("99 99");
        db.run("drop table old");
    }

    @Test
    void dismissed_rows_stay_unchanged_and_it_is_audited() throws SQLException {
        var rows = QuarantinedRows.of(db, "", 1, 2, 3);
        var quarantine = new PostgresQuarantine(db.database);
        assertThat(quarantine.drop(rows.job, Optional.of(List.of("1", "9")), Actor.commandLine("me")))
                .isZero();
        assertThat(quarantine.drop(rows.job, Optional.of(List.of("1", "2")), Actor.commandLine("me")))
                .isEqualTo(1);
        assertThat(rows.left()).containsExactly("1", "3");
        assertThat(quarantine.drop(rows.job, Optional.empty(), Actor.commandLine("me")))
                .isEqualTo(2);
        assertThat(rows.countsAreTrue()).isTrue();
        assertThat(db.ask("select count(*) from t where n = 0")).isEqualTo("3");
        assertThat(db.column("select concat_ws(' ', who, job_name, action, new_value) from backfleet.audit "
                        + "where action <> 'submit' order by id"))
                .containsExactly("me j quarantine drop key [1, 2], 23514: 1", "me j quarantine drop 23514: 2");
    }

    @Test
    void rows_are_listed_a_page_at_a_time() throws SQLException {
        var rows = QuarantinedRows.of(db, "", 1, 2, 60);
        var quarantine = new PostgresQuarantine(db.database);
        var first = quarantine.page(rows.job, 0, 2);
        assertThat(first.quarantined()).isEqualTo(3);
        assertThat(first.keyColumns()).containsExactly("tenant", "id");
        assertThat(first.rows()).extracting(row -> row.key().toString()).containsExactly("[1, 1]", "[1, 2]");
        var next = first.next();
        assertThat(next).isNotNull();
        var second = quarantine.page(rows.job, next == null ? 0 : next, 2);
        assertThat(second.next()).isNull();
        assertThat(second.rows()).singleElement().satisfies(row -> {
            assertThat(row.key()).containsExactly("2", "60");
            assertThat(row.table()).isEqualTo("public.t");
            assertThat(row.sqlState() + " " + row.message() + " " + row.shard() + " " + row.worker() + " "
                            + row.epoch())
                    .isEqualTo("23514 check constraint violated 1 w 3");
        });
    }

    @Test
    void an_expression_is_replaced_while_the_job_is_stopped_and_rows_are_retried_with_it() throws SQLException {
        var rows = QuarantinedRows.of(db, "", 1, 2);
        var replace = new ReplaceExpressions(
                new Lookup(new PostgresQueries(db.database)),
                new PostgresCatalog(db.database),
                new PostgresDefinitions(db.database));
        rows.state("SUCCEEDED");
        assertThatThrownBy(() -> replace(replace, rows.job, "id", "1"))
                .hasMessageContaining("does not set this column");
        assertThatThrownBy(() -> replace(replace, rows.job, "n", "missing + 1"))
                .isInstanceOfSatisfying(
                        OperationRefused.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID))
                .hasMessageContaining("column \"missing\" does not exist");
        // It can be planned, and no row can be changed with it.
        assertThatThrownBy(() -> replace(replace, rows.job, "n", "('nope' || n)::regclass::oid::int"))
                .isInstanceOfSatisfying(
                        OperationRefused.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID))
                .hasMessageContaining("PostgreSQL rejects the batch: 42P01");
        replace(replace, rows.job, "n", "n + 10");
        assertCounts(rows.retry(), Map.of(Verdict.CHANGED, 2));
        assertThat(db.ask("select count(*) filter (where n = 10) || ' ' || count(*) filter (where n = 1) from t"))
                .isEqualTo("2 98");
        assertThat(db.column(
                        "select concat_ws(' ', who, action, setting, old_value, '>', new_value) from backfleet.audit "
                                + "where action <> 'submit'"))
                .containsExactly("me set set.n n + 1 > n + 10");
        db.run("alter table t add more integer");
        replace(replace, rows.job, "n", "n + more");
        assertThat(db.ask("select jsonb_path_query_array(pinned, '$[*].name') from backfleet.job"))
                .isEqualTo("[\"tenant\", \"id\", \"n\", \"more\"]");
    }

    private static void replace(ReplaceExpressions replace, long job, String column, String expression) {
        replace.run(
                Actor.commandLine("me"),
                String.valueOf(job),
                Map.of(Identifier.of(column), SqlExpression.parse(expression)));
    }
}
