package dev.backfleet.worker.postgres.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Step;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A walk in several passes changes each row once, and most rows on their own pages. */
@Tag("server")
class PassesTest {
    private static final int ROWS = 8_000;
    private static final int BATCH = 300;

    private static TestFleet fleet;

    @BeforeAll
    static void open() {
        fleet = TestFleet.openPatient();
    }

    @AfterAll
    static void close() throws SQLException {
        fleet.close();
    }

    @BeforeEach
    void fill() throws SQLException {
        fleet.run("drop table if exists t; delete from backfleet.job");
        fleet.run(
                "create table t (id bigint primary key, a integer, b integer, n integer not null default 0, filler text) "
                        + "with (autovacuum_enabled = off)");
        fleet.run("insert into t select i, i % 100, hashint4(i), 0, repeat('x', 120) from generate_series(1, " + ROWS
                + ") i");
        fleet.run("create index on t (a); create index on t (b)");
        fleet.run("vacuum analyze t");
    }

    private static JobDefinition job(int passes, @Nullable String where) throws SQLException {
        var job = fleet.definition("t", where, List.of("id"), "n=n + 1");
        return passes == 1 ? job : TestFleet.inPasses(job, passes);
    }

    private static Claim claim(int passes, @Nullable String where) throws SQLException {
        return fleet.claim(job(passes, where), "{" + ROWS + "}");
    }

    private static String changedOnce() throws SQLException {
        return fleet.ask(
                "select count(*) filter (where n = 1), count(*) filter (where n > 1), "
                        + "(select sum(rows_changed) from backfleet.shard), (select sum(rows_walked) from backfleet.shard) from t");
    }

    @Test
    void most_rows_stay_on_their_pages_and_the_table_hardly_grows() throws SQLException {
        var before = size();
        assertThat(fleet.finish(claim(8, null), BATCH)).isEqualTo(ROWS);
        assertThat(changedOnce()).isEqualTo(ROWS + " 0 " + ROWS + " " + ROWS);
        assertThat(size()).as("pages after 8 passes").isLessThan(before * 5 / 4);
        fill();
        assertThat(fleet.finish(claim(1, null), BATCH)).isEqualTo(ROWS);
        assertThat(size()).as("pages after one pass").isGreaterThan(before * 7 / 4);
    }

    private static long size() throws SQLException {
        return Long.parseLong(fleet.ask("select pg_relation_size('t')"));
    }

    @Test
    void a_condition_that_passes_over_most_rows_is_kept_in_each_pass() throws SQLException {
        assertThat(fleet.finish(claim(5, "id % 1000 = 7"), BATCH)).isEqualTo(ROWS / 1000);
        assertThat(changedOnce()).isEqualTo(ROWS / 1000 + " 0 " + ROWS / 1000 + " " + ROWS);
        assertThat(fleet.ask("select count(*) from t where n = 1 and id % 1000 <> 7"))
                .isEqualTo("0");
    }

    @Test
    void what_is_left_is_done_in_one_pass_when_passes_win_nothing() throws SQLException {
        var claim = claim(8, null);
        var cursor = fleet.ranges
                .batch(claim, new Step.Batch(claim.cursor(), ROWS))
                .orElseThrow()
                .cursor();
        assertThat(cursor.pass()).isEqualTo(1);
        fleet.run("update backfleet.job set merge_passes = true");
        var second = fleet.ranges.batch(claim, new Step.Batch(cursor, ROWS)).orElseThrow();
        assertThat(second.done()).isFalse();
        assertThat(second.cursor().pass()).isEqualTo(2);
        var rest = fleet.ranges
                .batch(claim, new Step.Batch(second.cursor(), 4 * ROWS))
                .orElseThrow();
        assertThat(rest.done()).isTrue();
        assertThat(rest.walked()).isBetween(ROWS * 6L / 8 - 2, ROWS * 6L / 8 + 2);
        assertThat(changedOnce()).isEqualTo(ROWS + " 0 " + ROWS + " " + ROWS);
    }

    @Test
    void a_claim_begins_no_pass_that_wins_nothing() throws SQLException {
        var job = fleet.job(job(8, null));
        fleet.run("update backfleet.job set merge_passes = true");
        var task = fleet.shard(job, job(8, null).table(), null, "{" + ROWS + "}");
        var claim = fleet.leases.claim(task).orElseThrow();
        assertThat(fleet.ranges
                        .batch(claim, new Step.Batch(claim.cursor(), 2 * ROWS))
                        .orElseThrow()
                        .done())
                .isTrue();
        assertThat(changedOnce()).isEqualTo(ROWS + " 0 " + ROWS + " " + ROWS);
    }

    @Test
    void of_as_many_neighbours_as_passes_each_is_changed_in_another_pass() throws SQLException {
        var claim = claim(8, null);
        var walked = fleet.ranges
                .batch(claim, new Step.Batch(claim.cursor(), ROWS))
                .orElseThrow()
                .walked();
        assertThat(walked).isBetween(ROWS / 8 - 1L, ROWS / 8 + 1L);
        assertThat(fleet.ask(
                        "select max(c), min(c) from (select count(*) filter (where n = 1) as c from t group by id / 8) g"
                                + " where c > 0"))
                .isEqualTo("1 1");
    }
}
