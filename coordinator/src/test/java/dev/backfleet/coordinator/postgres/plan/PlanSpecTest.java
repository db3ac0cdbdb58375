package dev.backfleet.coordinator.postgres.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.trial.PostgresTrials;
import dev.backfleet.coordinator.query.plan.PlanReport;
import dev.backfleet.coordinator.query.plan.PlanReport.Shards;
import dev.backfleet.coordinator.query.plan.PlanSpec;
import dev.backfleet.coordinator.query.plan.RowSample;
import dev.backfleet.coordinator.query.plan.RowSample.Row;
import dev.backfleet.coordinator.query.plan.Tenants;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plan shows what the job would do, and leaves the table and the control schema as they are. */
@Tag("server")
class PlanSpecTest {
    private static final String SPEC = "name: j\ntable: t\nset: { n: n + 1 }\nwhere: n < 100\nshard: { rows: 100 }\n";
    private static final String STORED =
            "select (select count(*) from backfleet.job) || ' ' || (select last_value || is_called::text"
                    + " from backfleet.job_id_seq) || ' ' || (select count(*) from backfleet.shard) || ' ' || (select count(*) from"
                    + " backfleet.audit)";

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
        db.run("drop table if exists t, log cascade; drop function if exists f cascade; delete from backfleet.job");
    }

    private static void create(int rows) throws SQLException {
        db.run("create table t (id integer primary key, n integer not null, o text)");
        db.run("insert into t select i, i, 'x' from generate_series(1, " + rows + ") i");
    }

    private static PlanSpec question() {
        return new PlanSpec(
                new PostgresCatalog(db.database),
                new PostgresIntake(db.database),
                new PostgresPreview(db.database, Ticker.system()),
                trials());
    }

    private static PostgresTrials trials() {
        return new PostgresTrials(db.database, Ticker.system(), Sleeper.system());
    }

    private static PlanReport report(String spec) {
        return question().run(SpecParser.parse("s.yaml", spec)).report();
    }

    private static RowSample sample(String spec) throws SQLException {
        var before = db.ask("select string_agg(t::text || t.ctid || t.xmin, ',' order by id) from t");
        var stored = db.ask(STORED);
        var operation = question();
        var sample = operation.sample(operation.run(SpecParser.parse("s.yaml", spec)));
        assertThat(db.ask("select string_agg(t::text || t.ctid || t.xmin, ',' order by id) from t"))
                .isEqualTo(before);
        assertThat(db.ask(STORED)).isEqualTo(stored);
        return sample;
    }

    private static Row row(String key, String before, String after) {
        return new Row(Map.of("id", key), Map.of("n", before), Map.of("n", after), null);
    }

    private static Row unchanged(String key, String before, String problem) {
        return new Row(Map.of("id", key), Map.of("n", before), null, problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "rollout: [10, 100]\n"})
    void the_shards_are_those_of_planning_and_nothing_is_stored(String more) throws SQLException {
        create(1_050);
        db.run("analyze t");
        var stored = db.ask(STORED);
        var report = report(SPEC + more);
        assertThat(db.ask(STORED)).isEqualTo(stored);
        assertThat(report.run().rows()).isEqualTo(1_050);
        assertThat(report.run().key()).containsExactly("id");
        assertThat(report.run().sql())
                .isEqualTo(
                        "update public.t\nset n = (n + 1)\nwhere (id) is in the range of the batch\n  and (n < 100)");
        var planned =
                new PostgresPlans(db.database).plan(db.submit(SPEC + more).id()).orElseThrow();
        assertThat(report.run().shards())
                .isEqualTo(new Shards(planned.shards(), Math.round(1_050.0 / planned.shards()), true, null));
    }

    // The part of the statement that is shown as SQL is SQL: PostgreSQL takes it.
    @Test
    void a_column_that_is_a_word_of_SQL_is_quoted_in_the_statement() throws SQLException {
        db.run("create schema \"user\"");
        try {
            db.run("create table \"user\".t (\"limit\" integer primary key, \"order\" integer, \"Id\" integer)");
            var sql = report("name: j\ntable: '\"user\".t'\nset: { '\"order\"': '\"Id\" * 2' }\n")
                    .run()
                    .sql();
            assertThat(sql)
                    .isEqualTo("update \"user\".t\nset \"order\" = (\"Id\" * 2)\n"
                            + "where (\"limit\") is in the range of the batch");
            db.run(sql.replace("is in the range of the batch", "is not null"));
        } finally {
            db.run("drop schema \"user\" cascade");
        }
    }

    @Test
    void names_are_quoted_where_PostgreSQL_quotes_them() throws SQLException {
        for (var word : db.column("select word from pg_get_keywords()")) {
            assertThat(Identifier.of(word)).hasToString(db.ask("select quote_ident('" + word + "')"));
        }
    }

    @Test
    void partitions_are_cut_one_by_one_and_tenants_of_a_rollout_are_told_of() throws SQLException {
        db.run("create table t (id integer, n integer not null, primary key (n, id)) partition by range (n)");
        db.run("create table t1 partition of t for values from (0) to (10)");
        db.run("create table t2 partition of t for values from (10) to (20)");
        db.run("alter table t add o text; insert into t select i, i % 20 from generate_series(1, 1000) i");
        var report = report("""
                name: j
                table: t
                tenant: n
                set: { o: "'y'" }
                where: o is null
                shard: { rows: 1000 }
                rollout: [{ tenants: [3] }, 100]
                """);
        assertThat(report.run().tables()).isEqualTo(2);
        assertThat(report.run().shards())
                .usingRecursiveComparison()
                .ignoringFields("tenants")
                .isEqualTo(new Shards(
                        2,
                        500,
                        true,
                        "the tenants of the rollout get shards of their own, which are not counted here"));
    }

    @Test
    void tenants_that_fill_shards_are_named_the_largest_first_and_those_that_share_one_are_counted()
            throws SQLException {
        db.run("create table t (tenant text, id integer, o text, primary key (tenant, id)) partition by hash (id)");
        db.run("create table t0 partition of t for values with (modulus 2, remainder 0)");
        db.run("create table t1 partition of t for values with (modulus 2, remainder 1)");
        db.run("insert into t select 'Big', i from generate_series(1, 900) i");
        db.run("insert into t select '', i from generate_series(1, 400) i");
        db.run("insert into t select 'small ' || i, 1 from generate_series(1, 7) i");
        var tenants = report("name: j\ntable: t\ntenant: tenant\nset: { o: \"'y'\" }\nshard: { rows: 100 }\n")
                .run()
                .shards()
                .tenants();
        assertThat(tenants)
                .isEqualTo(new Tenants(4, List.of(new Tenants.Large("Big", 900), new Tenants.Large("", 400)), 7, true));
    }

    @Test
    void a_spec_that_would_be_refused_is_refused() throws SQLException {
        create(1);
        assertThatThrownBy(() -> report(SPEC.replace("n + 1", "m + 1"))).isInstanceOf(SpecException.class);
        db.submit(SPEC);
        assertThat(report(SPEC).findings())
                .extracting(Finding::code)
                .contains(FindingCode.NAME_IN_USE, FindingCode.COLUMN_SET_BY_JOB);
        db.run("update backfleet.job set state = 'SUCCEEDED', finished_at = now()");
        assertThat(report(SPEC).findings())
                .filteredOn(finding -> finding.code() == FindingCode.NAME_IN_USE)
                .singleElement()
                .satisfies(finding -> assertThat(finding.line())
                        .endsWith("has SUCCEEDED; submit with --again, or with another name"));
    }

    @Test
    void a_condition_that_still_holds_after_the_change_is_found_on_rows() throws SQLException {
        create(20);
        assertThat(report(SPEC).findings())
                .filteredOn(finding -> finding.code() == FindingCode.WHERE_STAYS_TRUE)
                .singleElement()
                .extracting(Finding::message)
                .asString()
                .startsWith("of 20 rows that where selects, 20 still match it after the change");
        for (var where : List.of("n <= 1", "o = 'x' and n > 0 and n <> 5")) {
            var value = where.equals("n <= 1") ? "n + 1" : "5";
            assertThat(report(SPEC.replace("n < 100", "\"" + where + "\"").replace("n + 1", value))
                            .findings())
                    .extracting(Finding::code)
                    .doesNotContain(FindingCode.WHERE_STAYS_TRUE);
        }
        // What cannot be computed is not found: the row of a division by zero.
        assertThat(report(SPEC.replace("n + 1", "5 / (n - n)")).findings())
                .extracting(Finding::code)
                .doesNotContain(FindingCode.WHERE_STAYS_TRUE);
    }

    @Test
    void five_rows_are_shown_before_and_after_and_stay_as_they_are() throws SQLException {
        create(20);
        db.run("update t set n = 500 where id = 2");
        assertThat(sample(SPEC))
                .isEqualTo(new RowSample(
                        List.of(
                                row("1", "1", "2"),
                                row("3", "3", "4"),
                                row("4", "4", "5"),
                                row("5", "5", "6"),
                                row("6", "6", "7")),
                        null));
    }

    @Test
    void a_row_that_is_rejected_or_kept_by_a_trigger_is_shown_with_the_reason() throws SQLException {
        create(0);
        db.run("create function f() returns trigger language plpgsql as "
                + "'begin if new.n = 4 then return null; end if; new.n = new.n * 10; return new; end'");
        db.run("create trigger g before update on t for each row execute function f()");
        db.run("insert into t values (1, 3), (2, 12), (3, 0)");
        db.run("alter table t add constraint small check (n < 100)");
        assertThat(sample(SPEC))
                .isEqualTo(new RowSample(
                        List.of(
                                unchanged(
                                        "1",
                                        "3",
                                        "a trigger keeps it as it is, or another session has just changed it"),
                                unchanged(
                                        "2",
                                        "12",
                                        "PostgreSQL rejects it: 23514 check constraint violated: constraint \"small\""),
                                row("3", "0", "10")),
                        "no more rows need the change"));
    }

    @Test
    void NULL_is_null_and_a_long_value_is_cut() throws SQLException {
        create(1);
        db.run("update t set o = null");
        var before = new HashMap<String, String>();
        before.put("o", null);
        assertThat(sample("name: j\ntable: t\nset: { o: \"repeat('é', 2000)\" }\n")
                        .rows())
                .containsExactly(new Row(
                        Map.of("id", "1"), Collections.unmodifiableMap(before), Map.of("o", "é".repeat(1_000)), null));
    }

    @Test
    void rows_are_taken_from_as_many_partitions_as_it_takes() throws SQLException {
        db.run("create table t (id integer primary key, n integer not null) partition by range (id)");
        for (var i = 1; i <= 9; i += 2) {
            db.run("create table t" + i + " partition of t for values from (" + i + ") to (" + (i + 2) + ")");
        }
        db.run("insert into t select i, i from generate_series(2, 9) i");
        assertThat(sample(SPEC).rows())
                .containsExactly(
                        row("2", "2", "3"),
                        row("3", "3", "4"),
                        row("4", "4", "5"),
                        row("5", "5", "6"),
                        row("6", "6", "7"));
    }

    @Test
    void a_row_that_another_session_has_locked_does_not_hold_the_command_up() throws SQLException {
        create(2);
        try (var other = db.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("update t set o = 'y' where id = 1");
            assertThat(sample(SPEC).rows())
                    .containsExactly(unchanged("1", "1", "another session has locked it"), row("2", "2", "3"));
            other.rollback();
        }
    }

    @Test
    void an_empty_sample_says_why() throws SQLException {
        create(0);
        assertThat(sample(SPEC)).isEqualTo(new RowSample(List.of(), "no row needs the change"));
        db.run("insert into t select i, 200 + i from generate_series(1, 10) i");
        assertThat(sample(SPEC)).isEqualTo(new RowSample(List.of(), "no row needs the change"));
    }

    @Test
    void what_a_rollback_may_not_undo_is_told_before() throws SQLException {
        create(1);
        assertThat(report(SPEC).run().effects()).isEmpty();
        assertThat(report(SPEC.replace("n + 1", "n + (random() * 5)::int + length(gen_random_uuid()::text)"))
                        .run()
                        .effects())
                .isEmpty();
        db.run("create sequence if not exists s");
        assertThat(report(SPEC.replace("n + 1", "n + nextval('s')::int")).run().effects())
                .containsExactly("the volatile function nextval");
        assertThat(db.ask("select is_called from s")).isEqualTo("f");
        db.run("create function f() returns trigger language plpgsql as 'begin return new; end'");
        db.run("create trigger g before update on t for each row execute function f()");
        assertThat(report(SPEC).run().effects()).isEmpty();
        db.run("create trigger c before update on t for each row execute function tsvector_update_trigger("
                + "'o', 'pg_catalog.simple', 'o')");
        assertThat(report(SPEC).run().effects()).containsExactly("the trigger c, which is written in internal");
    }

    @Test
    void shards_that_take_long_to_cut_are_estimated() throws SQLException {
        create(1_000);
        db.run("analyze t");
        // Every look at the clock costs 10 s.
        var now = new Duration[] {Duration.ZERO};
        Ticker slow = () -> now[0] = now[0].plusSeconds(10);
        var preview = new PostgresPreview(db.database, slow);
        var dry = new PlanSpec(new PostgresCatalog(db.database), new PostgresIntake(db.database), preview, trials());
        assertThat(dry.run(SpecParser.parse("s.yaml", SPEC)).report().run().shards())
                .isEqualTo(new Shards(10, 100, false, null));
    }
}
