package dev.backfleet.coordinator.postgres.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.duty.Planner;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shards cover the key space without gap or overlap, and follow the tenants. */
@Tag("server")
class PlanTest {
    private static final String SPEC = "name: j\ntable: t\nset: { n: n + 1 }\n";

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
        db.run("drop table if exists t, old cascade; delete from backfleet.job; delete from backfleet.control");
    }

    private static Planner.Planned plan(String spec) {
        return new PostgresPlans(db.database).plan(db.submit(spec).id()).orElseThrow();
    }

    /** The first lower bound is open, each shard begins where the one before ends, and the last ends at the last key. */
    private static void assertCovered(String lastKey) throws SQLException {
        var uppers = db.column("select upper::text from backfleet.shard order by number");
        var lowers = db.column("select lower::text from backfleet.shard order by number");
        assertThat(lowers.get(0)).isEqualTo("null");
        assertThat(lowers.subList(1, lowers.size())).isEqualTo(uppers.subList(0, uppers.size() - 1));
        assertThat(uppers).doesNotHaveDuplicates().last().isEqualTo(lastKey);
        assertThat(
                        db.ask(
                                "select bool_and(cursor is not distinct from lower and state = 'PENDING') from backfleet.shard"))
                .isEqualTo("t");
    }

    /** How many rows each shard of a table with the key (tenant, id) has. */
    private static List<Integer> sizes() throws SQLException {
        return db
                .column(
                        "select (select count(*) from t where (s.lower is null or (tenant, id) > (s.lower[1]::int, s.lower[2]::bigint)) "
                                + "and (tenant, id) <= (s.upper[1]::int, s.upper[2]::bigint)) from backfleet.shard s order by number")
                .stream()
                .map(Integer::valueOf)
                .toList();
    }

    private static void tenants(Random random, int rows, int whale) throws SQLException {
        db.run("create table t (id bigint primary key, tenant integer not null, n integer default 0)");
        db.run("select setseed(" + random.nextDouble() + ")");
        // A third belongs to one tenant, the rest to small ones, in no order.
        db.run("insert into t select i, case when random() < 0.34 then " + whale
                + " else (random() * random() * 3000)::int end from generate_series(1, " + rows + ") i");
        db.run("create index on t (tenant, id)");
        db.run("analyze t");
    }

    @Test
    void an_empty_table_needs_no_shard() throws SQLException {
        db.run("create table t (id bigint primary key, n integer)");
        assertThat(plan(SPEC)).isEqualTo(new Planner.Planned(0, 0, JobState.RUNNING));
    }

    @Test
    void a_table_of_one_row_is_one_shard() throws SQLException {
        db.run("create table t (id bigint primary key, n integer)");
        db.run("insert into t values (-5)");
        assertThat(plan(SPEC)).isEqualTo(new Planner.Planned(1, 1, JobState.RUNNING));
        assertCovered("{-5}");
    }

    @ParameterizedTest
    @CsvSource({"1000, 100, 10", "1000, 333, 3", "1000, 1000, 1", "1001, 1000, 1", "999, 10, 100", "7, 1, 7"})
    void a_small_table_is_cut_into_equal_parts(int rows, int shardRows, int shards) throws SQLException {
        db.run("create table t (id bigint primary key, n integer)");
        db.run("insert into t select i * i from generate_series(1, " + rows + ") i");
        var planned = plan(SPEC + "shard: { rows: " + shardRows + " }\n");
        assertThat(planned).isEqualTo(new Planner.Planned(rows, shards, JobState.RUNNING));
        assertCovered("{" + (long) rows * rows + "}");
        assertThat(db.column(
                        "select count(*) from backfleet.shard s join t on (s.lower is null or id > s.lower[1]::bigint) "
                                + "and id <= s.upper[1]::bigint group by number"))
                .allSatisfy(size -> assertThat(Integer.parseInt(size)).isBetween(rows / shards, rows / shards + 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void large_tenants_are_split_and_small_tenants_packed(long seed) throws SQLException {
        var random = new Random(seed);
        var whale = random.nextInt(3_000);
        tenants(random, 20_000, whale);
        var planned = plan(SPEC + "tenant: tenant\nshard: { rows: 1000 }\n");
        assertCovered(
                db.ask("select array[tenant::text, id::text]::text from t order by tenant desc, id desc limit 1"));
        var sizes = sizes();
        assertThat(sizes.stream().mapToInt(Integer::intValue).sum())
                .as("seed %s", seed)
                .isEqualTo(20_000);
        assertThat(planned.shards()).as("seed %s", seed).isBetween(18, 26);
        assertThat(sizes).as("seed %s", seed).allSatisfy(size -> assertThat(size)
                .isLessThan(2_000));
        // Whatever is no border inside the whale is one between tenants.
        assertThat(db.ask("select count(*) from backfleet.shard s where s.upper[1]::int <> " + whale
                        + " and exists (select from t where tenant = s.upper[1]::int and id > s.upper[2]::bigint)"))
                .as("tenants that are cut, seed %s", seed)
                .isEqualTo("0");
        assertThat(db.ask("select count(*) from backfleet.shard s where s.upper[1]::int = " + whale
                        + " and (s.lower is null or s.lower[1]::int <> " + whale
                        + ") and exists (select from t where tenant < "
                        + whale + " and (s.lower is null or (tenant, id) > (s.lower[1]::int, s.lower[2]::bigint)))"))
                .as("shards that mix the whale with others, seed %s", seed)
                .isEqualTo("0");
        assertThat(Integer.parseInt(db.ask("select count(*) from backfleet.shard s where s.upper[1]::int = " + whale)))
                .as("shards of the whale, seed %s", seed)
                .isBetween(6, 9);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_large_table_is_cut_by_a_sample_and_still_covered(boolean tenantLed) throws SQLException {
        tenants(new Random(5), 60_000, 1_500);
        // Wide rows make many pages, which is what decides whether to sample.
        db.run("alter table t add wide text not null default ''");
        db.run("update t set wide = repeat('x', 700)");
        db.run("vacuum full t; analyze t");
        var spec = SPEC.replace("n + 1", "n + 2") + (tenantLed ? "tenant: tenant\n" : "") + "shard: { rows: 4000 }\n";
        var planned = plan(spec);
        assertThat(planned.rows()).isBetween(55_000L, 65_000L);
        assertThat(planned.shards()).isBetween(11, 21);
        if (tenantLed) {
            assertCovered(
                    db.ask("select array[tenant::text, id::text]::text from t order by tenant desc, id desc limit 1"));
            assertThat(sizes().stream().mapToInt(Integer::intValue).sum()).isEqualTo(60_000);
            assertThat(sizes()).allSatisfy(size -> assertThat(size).isLessThan(12_000));
        } else {
            assertCovered("{60000}");
        }
    }

    @Test
    void a_large_tenant_does_not_delay_the_small_ones() throws SQLException {
        db.run(
                "create table t (id bigint generated always as identity primary key, tenant integer not null, n integer)");
        // Tenant 3 owns 61 %; others have five, three, two and one shards; the rest is packed.
        db.run(
                "insert into t (tenant) select tenant from (values (3, 30500), (10, 2500), (20, 1500), (30, 1000), (40, 500)) "
                        + "large (tenant, size), generate_series(1, size) union all select 100 + i % 2000 from generate_series(1, 14000) i");
        db.run("create index on t (tenant, id); analyze t");
        plan(SPEC + "tenant: tenant\nshard: { rows: 500 }\n");
        var order =
                "select s.upper[1]::int as tenant, row_number() over (order by s.turn) as place from backfleet.shard s";
        assertThat(db.column("with o as (" + order + ") select tenant from o where tenant < 100 "
                        + "group by tenant order by max(place)"))
                .as("who is finished first")
                .containsExactly("40", "30", "20", "10", "3");
        assertThat(db.ask("with o as (" + order + ") select max(place) filter (where tenant <> 3) "
                        + "<= count(*) filter (where tenant <> 3) + 5 from o"))
                .as("the others wait for one of the whale's shards in each round")
                .isEqualTo("t");
    }

    @Test
    void each_leaf_has_shards_of_its_own_and_an_empty_one_none() throws SQLException {
        db.run("create table t (id bigint primary key, n integer) partition by range (id)");
        for (var i = 0; i < 3; i++) {
            db.run("create table t_" + i + " partition of t for values from (" + i * 1000 + ") to (" + (i + 1) * 1000
                    + ")");
        }
        db.run("insert into t select i from generate_series(0, 999) i union all select 2500");
        var planned = plan(SPEC + "shard: { rows: 250 }\n");
        assertThat(planned).isEqualTo(new Planner.Planned(1_001, 5, JobState.RUNNING));
        assertThat(
                        db.column(
                                "select concat(relation::regclass, ' ', lower, ' ', upper) from backfleet.shard order by number"))
                .containsExactly("t_0  {249}", "t_0 {249} {499}", "t_0 {499} {749}", "t_0 {749} {999}", "t_2  {2500}");
        assertThat(db.column("select table_name from backfleet.job_relation order by 1"))
                .containsExactly("t_0", "t_1", "t_2");
    }

    @Test
    void a_job_is_planned_once() throws SQLException {
        db.run("create table t (id bigint primary key, n integer)");
        var plans = new PostgresPlans(db.database);
        var job = db.submit(SPEC).id();
        assertThat(plans.waiting()).containsExactly(job);
        assertThat(plans.plan(job)).isPresent();
        assertThat(plans.plan(job)).isEmpty();
        assertThat(plans.waiting()).isEmpty();
    }

    // Each row was changed once since the statistics were taken: there are twice as many pages.
    @Test
    void the_estimate_follows_neither_a_bloated_table_nor_outdated_statistics() throws SQLException {
        tenants(new Random(5), 60_000, 1_500);
        db.run("alter table t add wide text not null default '', set (autovacuum_enabled = off)");
        db.run("update t set wide = repeat('x', 700)");
        db.awaitCounted("pg_stat_get_tuples_inserted('t'::regclass) >= 60000");
        db.awaitCounted("pg_stat_get_tuples_updated('t'::regclass) >= 60000");
        db.run("vacuum full t; analyze t");
        db.run("update t set n = n + 1");
        db.awaitCounted("pg_stat_get_dead_tuples('t'::regclass) >= 60000");
        assertThat(db.submit(SPEC).rows()).isBetween(55_000L, 65_000L);
        db.run("delete from backfleet.job");
        // As after a crash or a failover: the counts begin at zero, and only a sample of the table shows its rows.
        db.run("select pg_stat_reset_single_table_counters('t'::regclass)");
        db.awaitCounted("pg_stat_get_live_tuples('t'::regclass) = 0");
        assertThat(plan(SPEC + "shard: { rows: 4000 }\n").rows()).isBetween(50_000L, 70_000L);
        db.run("delete from backfleet.job; delete from t where id % 3 > 0");
        assertThat(plan(SPEC + "shard: { rows: 4000 }\n").rows()).isBetween(16_000L, 24_000L);
        db.run("delete from backfleet.job");
        db.awaitCounted("pg_stat_get_tuples_deleted('t'::regclass) >= 40000");
        db.run("vacuum full t; analyze t");
        assertThat(db.submit(SPEC).rows()).isBetween(19_000L, 21_000L);
    }

    @Test
    void a_pause_that_was_requested_during_planning_holds_after_it() throws SQLException {
        db.run("create table t (id bigint primary key, n integer)");
        var job = db.submit(SPEC).id();
        new PostgresControl(db.database)
                .apply(Scope.job(job), new ControlRecord(DesiredState.PAUSE, null, null), Optional.empty());
        assertThat(new PostgresPlans(db.database).plan(job).orElseThrow().state())
                .isEqualTo(JobState.PAUSED);
    }

    @Test
    void a_table_that_was_replaced_before_planning_halts_the_job() throws SQLException {
        db.run("create table t (id bigint primary key, n integer)");
        var job = db.submit(SPEC).id();
        db.run("alter table t rename to old; create table t (id bigint primary key, n integer)");
        assertThat(new PostgresPlans(db.database).plan(job).orElseThrow().state())
                .isEqualTo(JobState.HALTED);
        assertThat(db.ask("select error from backfleet.job"))
                .contains("no longer the one that the job was submitted for");
    }

    @Test
    void a_key_column_that_was_renamed_before_planning_halts_the_job() throws SQLException {
        db.run("create table t (id bigint primary key, n integer)");
        var job = db.submit(SPEC).id();
        db.run("alter table t rename id to key");
        assertThat(new PostgresPlans(db.database).plan(job).orElseThrow().state())
                .isEqualTo(JobState.HALTED);
        assertThat(db.ask("select error from backfleet.job")).startsWith("planning: 42703");
    }
}
