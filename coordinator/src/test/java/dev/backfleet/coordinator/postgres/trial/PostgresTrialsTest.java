package dev.backfleet.coordinator.postgres.trial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.forecast.BatchPlan;
import dev.backfleet.coordinator.forecast.TrialBatch.Kind;
import dev.backfleet.coordinator.forecast.Trials;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.pin.SpecPinner;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import java.sql.SQLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Batches of a job that is not stored are planned and measured, and leave the table and the control schema as they are. */
@Tag("server")
class PostgresTrialsTest {
    private static final String SPEC = "name: j\ntable: t\nset: { n: n + 1 }\n";
    private static final String CONTENT =
            "select count(*) || ' ' || sum(hashtext(t::text)) || ' ' || min(xmin::text) || max(xmin::text) from t";
    private static final String STORED =
            "select (select count(*) from backfleet.job) || ' ' || (select last_value || is_called::text"
                    + " from backfleet.job_id_seq) || ' ' || (select count(*) from backfleet.shard)";

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

    private static void create(String more, int rows) throws SQLException {
        db.run("create table t (id integer primary key, n integer not null, o text) " + more);
        db.run("insert into t select i, i, repeat('x', 50) from generate_series(1, " + rows + ") i");
        db.run("vacuum analyze t");
    }

    private static PinnedSpec pinned(String spec) {
        return SpecPinner.pin(new PostgresCatalog(db.database), SpecParser.parse("s.yaml", spec));
    }

    private static PostgresTrials trials() {
        return new PostgresTrials(db.database, Ticker.system(), Sleeper.system());
    }

    private static BatchPlan plan(String spec) {
        var pinned = pinned(spec);
        return new PostgresCatalog(db.database).batchPlan(pinned).orElseThrow();
    }

    private static Trials run(String spec, int sessions, long rows) throws SQLException, InterruptedException {
        var content = db.ask(CONTENT);
        var stored = db.ask(STORED);
        var pinned = pinned(spec);
        var result = trials().run(pinned.definition(), pinned.leaves(), sessions, rows);
        assertThat(db.ask(CONTENT)).isEqualTo(content);
        assertThat(db.ask(STORED)).isEqualTo(stored);
        return result;
    }

    @Test
    void the_plan_is_that_of_the_real_statement_in_the_middle_of_the_table() throws SQLException {
        create("", 6_000);
        var plan = plan(SPEC);
        assertThat(plan.table()).isEqualTo("public.t");
        assertThat(plan.scan()).isEqualTo("Index Only Scan");
        assertThat(plan.scanIndex()).isEqualTo("t_pkey");
        assertThat(plan.updateIndex()).isEqualTo("t_pkey");
        assertThat(plan.readsFewRows()).isTrue();
        assertThat(plan.lines()).anyMatch(line -> line.contains("CTE backfleet_change"));
        assertThat(db.ask("select count(*) from backfleet.job")).isEqualTo("0");
    }

    @Test
    void a_leaf_with_a_composite_key_and_odd_names_is_planned_by_its_own_index()
            throws SQLException, InterruptedException {
        db.run("create table t (\"Tenant\" text, \"order\" bigint, n integer, primary key (\"Tenant\", \"order\"))"
                + " partition by list (\"Tenant\")");
        db.run(
                "create table \"t of ?\" partition of t for values in ('a', 'b'); create table t_c partition of t default");
        db.run("insert into t select chr(97 + i % 3), i, i from generate_series(1, 6000) i; analyze t");
        var spec = "name: j\ntable: t\ntenant: '\"Tenant\"'\nset: { n: n + 1 }\n";
        assertThat(plan(spec).readsFewRows()).isTrue();
        var result = run(spec, 3, 300);
        assertThat(result.rejected()).isEmpty();
        assertThat(result.note()).isNull();
        assertThat(result.of(Kind.TOGETHER)).hasSize(12);
    }

    @Test
    void batches_of_all_kinds_are_measured_within_the_limit_of_rows() throws SQLException, InterruptedException {
        create("", 20_000);
        var result = run(SPEC, 4, 1_000);
        assertThat(result.of(Kind.SINGLE_ROW)).hasSize(7).allMatch(batch -> batch.walked() == 1);
        assertThat(result.of(Kind.ALONE))
                .hasSize(8)
                .allMatch(batch -> batch.walked() > 30 && batch.changed() == batch.walked());
        assertThat(result.of(Kind.TOGETHER)).hasSize(16);
        assertThat(result.logged()).hasSize(4).allMatch(batch -> batch.bytes() > 50 * batch.changed());
        assertThat(result.sessions()).isEqualTo(4);
        assertThat(result.deadRows()).isBetween(800L, 1_000L);
        // One more is the first row, which the check of the spec changed.
        Awaitility.await()
                .untilAsserted(() -> assertThat(db.ask("select n_tup_upd from pg_stat_user_tables where relname = 't'"))
                        .isEqualTo(String.valueOf(result.deadRows() + 1)));
    }

    @Test
    void HOT_updates_are_those_for_which_a_page_has_room_and_no_index_has_the_column()
            throws SQLException, InterruptedException {
        create("with (fillfactor = 45)", 6_000);
        assertThat(run(SPEC, 1, 200).of(Kind.ALONE)).allMatch(batch -> batch.hot() == batch.changed());
        db.run("create index on t (n)");
        assertThat(run(SPEC, 1, 200).of(Kind.ALONE)).allMatch(batch -> batch.hot() == 0);
    }

    // On an idle server, the distance that the log advances is the truth.
    @Test
    void the_log_is_that_of_the_batch_and_of_the_triggers_that_follow_it() throws SQLException, InterruptedException {
        create("", 10_000);
        var plain = walPerRow(run(SPEC, 1, 500));
        db.run("create table log (v text)");
        db.run("create function f() returns trigger language plpgsql as "
                + "$$ begin insert into log values (repeat('x', 1000)); return null; end $$");
        db.run("create trigger g after update on t for each row execute function f()");
        assertThat(walPerRow(run(SPEC, 1, 500))).isGreaterThan(plain + 1_000);
    }

    @Test
    void the_log_of_values_that_are_kept_is_part_of_it() throws SQLException, InterruptedException {
        create("", 10_000);
        var plain = recordsPerRow(run(SPEC, 1, 500));
        // Two locks of the row, a row of kept values, and an entry of its index.
        assertThat(recordsPerRow(run(SPEC + "undo: keep\n", 1, 500))).isGreaterThan(plain + 200);
    }

    private static double recordsPerRow(Trials trials) {
        return trials.logged().stream()
                .filter(batch -> batch.fullPagesAgain() == 0)
                .mapToDouble(batch -> (double) batch.bytesAgain() / batch.changed())
                .average()
                .orElseThrow();
    }

    private static double walPerRow(Trials trials) {
        return trials.logged().stream()
                .mapToDouble(batch -> (double) batch.bytes() / batch.changed())
                .average()
                .orElseThrow();
    }

    @Test
    void the_width_that_a_column_gains_is_measured() throws SQLException, InterruptedException {
        create("", 6_000);
        var result = run("name: j\ntable: t\nset: { o: \"repeat('y', 100)\" }\n", 1, 200);
        assertThat(result.logged()).allSatisfy(batch -> assertThat(batch.addedWidth())
                .isEqualTo(50.0 + 3 - 0, org.assertj.core.data.Offset.offset(3.0)));
    }

    @Test
    void how_far_neighbours_lie_apart_is_measured() throws SQLException, InterruptedException {
        create("", 20_000);
        assertThat(run(SPEC, 1, 2_000).logged()).isNotEmpty().allSatisfy(batch -> assertThat(batch.pagesPerRow())
                .isLessThan(0.1));
        db.run("create table shuffled as select * from t order by pg_catalog.hashint8(id); drop table t");
        db.run("alter table shuffled rename to t; alter table t add primary key (id); analyze t");
        assertThat(run(SPEC, 1, 2_000).logged()).isNotEmpty().allSatisfy(batch -> assertThat(batch.pagesPerRow())
                .isGreaterThan(0.7));
    }

    @Test
    void a_batch_that_meets_a_lock_gives_up_soon_and_is_counted() throws SQLException, InterruptedException {
        create("", 20_000);
        try (var other = db.connect()) {
            other.setAutoCommit(false);
            other.createStatement().execute("update t set o = 'y' where id % 100 = 0");
            var pinned = pinned(SPEC);
            var result = trials().run(pinned.definition(), pinned.leaves(), 1, 4_000);
            assertThat(result.heldUp()).isPositive();
            assertThat(result.rejected()).isEmpty();
            other.rollback();
        }
    }

    @Test
    void why_rows_are_rejected_is_told_without_their_values() throws SQLException, InterruptedException {
        create("", 6_000);
        db.run("alter table t add constraint small check (n < 3000) not valid");
        var result = run(SPEC, 1, 200);
        assertThat(result.rejected())
                .hasSize(1)
                .allSatisfy(why ->
                        assertThat(why).startsWith("23514: ").contains("small").doesNotContain("x"));
        assertThat(result.heldUp()).isZero();
    }
}
