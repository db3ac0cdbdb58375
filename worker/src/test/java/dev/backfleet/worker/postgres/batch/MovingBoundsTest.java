package dev.backfleet.worker.postgres.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.worker.postgres.TestFleet;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Step;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A shard's bounds can move while it is worked on, and can be the ends of tenants instead of rows. */
@Tag("server")
class MovingBoundsTest {
    private static TestFleet fleet;

    @BeforeAll
    static void open() {
        fleet = TestFleet.open();
    }

    @AfterAll
    static void close() throws SQLException {
        fleet.close();
    }

    /** Ten tenants with ten rows each, numbered across. */
    @BeforeEach
    void tenants() throws SQLException {
        fleet.run("create table t (tenant text collate \"C\", id bigint, n integer not null default 0, "
                + "primary key (tenant, id))");
        fleet.run("insert into t select chr(65 + i % 10), i from generate_series(0, 99) i");
    }

    @AfterEach
    void forget() throws SQLException {
        fleet.run("drop table t; delete from backfleet.job");
    }

    private static Claim claim(String lower, String upper) throws SQLException {
        var definition = definition();
        return fleet.leases
                .claim(fleet.shard(fleet.job(definition), definition.table(), lower, upper))
                .orElseThrow();
    }

    private static JobDefinition definition() throws SQLException {
        var job = fleet.definition("t", null, List.of("tenant", "id"), "n=n + 1");
        return new JobDefinition(
                job.table(), job.key(), true, job.work(), job.shardRows(), job.batchDuration(), job.batchMaxRows());
    }

    private static String changed() throws SQLException {
        return fleet.ask("select string_agg(distinct tenant, '' order by tenant), sum(n), max(n) from t where n > 0");
    }

    @Test
    void a_shard_between_ends_of_tenants_has_their_rows_and_no_others() throws SQLException {
        var claim = claim("{C}", "{E}");
        assertThat(fleet.finish(claim, 7)).isEqualTo(20);
        assertThat(changed()).isEqualTo("DE 20 1");
        assertThat(fleet.ask("select cursor, state, rows_walked from backfleet.shard"))
                .isEqualTo("{E} DONE 20");
    }

    @Test
    void batches_that_end_where_a_tenant_ends_miss_nothing() throws SQLException {
        var claim = claim("{C}", "{E}");
        assertThat(fleet.finish(claim, 10)).isEqualTo(20);
        assertThat(changed()).isEqualTo("DE 20 1");
    }

    @Test
    void one_batch_takes_all_from_the_first_row_to_the_end_of_a_tenant() throws SQLException {
        var claim = fleet.claim(definition(), "{B}");
        assertThat(fleet.finish(claim, 1_000)).isEqualTo(20);
        assertThat(changed()).isEqualTo("AB 20 1");
    }

    @Test
    void a_tenant_without_rows_is_done_at_once() throws SQLException {
        fleet.run("delete from t where tenant = 'D'");
        assertThat(fleet.finish(claim("{C}", "{D}"), 7)).isZero();
        assertThat(fleet.ask("select cursor, state from backfleet.shard")).isEqualTo("{D} DONE");
        assertThat(fleet.ask("select count(*) from t where n > 0")).isEqualTo("0");
    }

    @Test
    void rows_that_a_tenant_gets_after_its_end_was_made_a_bound_are_inside_it() throws SQLException {
        var before = claim("{A}", "{B}");
        var after = claim("{B}", "{C}");
        fleet.run("insert into t values ('B', 5000)");
        assertThat(fleet.finish(after, 7)).isEqualTo(10);
        assertThat(fleet.finish(before, 7)).isEqualTo(11);
    }

    @Test
    void a_bound_that_became_the_end_of_a_tenant_voids_the_claim() throws SQLException {
        var claim = claim("{C}", "{F,95}");
        fleet.run("update backfleet.shard set upper = '{D}'");
        assertThat(fleet.ranges.batch(claim, new Step.Batch(new Cursor(List.of("C")), 5)))
                .isEmpty();
        assertThat(fleet.ask("select count(*) from t where n > 0")).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{D}", "{D,93}"})
    void a_bound_that_moved_between_batches_ends_the_shard_there(String bound) throws SQLException {
        var claim = claim("{C}", "{F}");
        assertThat(fleet.ranges.batch(claim, new Step.Batch(new Cursor(List.of("C")), 5)))
                .isPresent();
        fleet.run("update backfleet.shard set upper = '" + bound + "'");
        var last = fleet.ranges
                .batch(claim, new Step.Batch(new Cursor(List.of("D", "43")), 50))
                .orElseThrow();
        assertThat(last.done()).isTrue();
        assertThat(last.changed()).isEqualTo(5);
        assertThat(changed()).isEqualTo("D 10 1");
    }

    @Test
    void a_batch_that_waited_for_a_split_keeps_to_the_new_bound() throws Exception {
        var claim = claim("{C}", "{F,95}");
        var threads = Executors.newSingleThreadExecutor();
        try (var split = fleet.connect()) {
            split.setAutoCommit(false);
            split.createStatement().execute("update backfleet.shard set upper = '{D,63}'");
            var batch =
                    threads.submit(() -> fleet.ranges.batch(claim, new Step.Batch(new Cursor(List.of("C")), 1_000)));
            await().until(() -> fleet.ask("select count(*) from pg_stat_activity where datname = current_database() "
                            + "and wait_event_type = 'Lock'")
                    .equals("1"));
            split.commit();
            var result = batch.get().orElseThrow();
            assertThat(result.done()).isTrue();
            assertThat(result.changed()).isEqualTo(7);
            assertThat(fleet.ask("select sum(n), max(id) from t where n > 0")).isEqualTo("7 63");
            assertThat(fleet.ask("select cursor, rows_walked, rows_changed, batches from backfleet.shard"))
                    .isEqualTo("{D,63} 7 7 1");
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_batch_that_waited_for_a_split_beyond_its_end_goes_on() throws Exception {
        var claim = claim("{C}", "{F,95}");
        var threads = Executors.newSingleThreadExecutor();
        try (var split = fleet.connect()) {
            split.setAutoCommit(false);
            split.createStatement().execute("update backfleet.shard set upper = '{D,63}'");
            var batch = threads.submit(() -> fleet.ranges.batch(claim, new Step.Batch(new Cursor(List.of("C")), 3)));
            await().until(() -> fleet.ask("select count(*) from pg_stat_activity where datname = current_database() "
                            + "and wait_event_type = 'Lock'")
                    .equals("1"));
            split.commit();
            var result = batch.get().orElseThrow();
            assertThat(result.done()).isFalse();
            assertThat(result.changed()).isEqualTo(3);
        } finally {
            threads.shutdownNow();
        }
        assertThat(fleet.ask("select cursor, rows_walked, rows_changed, batches from backfleet.shard"))
                .isEqualTo("{D,23} 3 3 1");
    }
}
