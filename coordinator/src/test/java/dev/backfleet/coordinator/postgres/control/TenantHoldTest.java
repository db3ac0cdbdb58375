package dev.backfleet.coordinator.postgres.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.postgres.query.PostgresTenants;
import dev.backfleet.coordinator.postgres.shard.PostgresDispatchQueue;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A paused tenant is carved out of the shards that it shares, and nothing else stands still. */
@Tag("server")
class TenantHoldTest {
    private static final String SPEC = "name: j\ntable: t\nset: { n: n + 1 }\ntenant: tenant\nshard: { rows: 1000 }\n";

    private static final String UP_TO = "case when cardinality(s.upper) = 2 "
            + "then (t.tenant, t.id) <= (s.upper[1], s.upper[2]::bigint) else t.tenant <= s.upper[1] end";

    // Where a shard's points lie, for a key of a text and a number.
    private static final String COVERS = "(s.lower is null or case when cardinality(s.lower) = 2 "
            + "then (t.tenant, t.id) > (s.lower[1], s.lower[2]::bigint) else t.tenant > s.lower[1] end) "
            + "and " + UP_TO;

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
        db.run("drop table if exists t cascade; delete from backfleet.job; delete from backfleet.control");
    }

    /** A third belongs to one tenant, the rest to small ones, of names that sort otherwise than in Java. */
    private static long job(long seed, String more) throws SQLException {
        db.run("create table t (tenant text collate \"und-x-icu\", id bigint, n integer default 0, "
                + "primary key (tenant, id))" + more);
        db.run("select setseed(" + new Random(seed).nextDouble() + ")");
        db.run("insert into t select case when random() < 0.34 then 'Wal' else "
                + "chr(97 + (random() * 25)::int) || case when random() < 0.5 then 'A' else 'ä' end || (random() * 20)::int end, i "
                + "from generate_series(1, 10000) i");
        db.run("analyze t");
        return plan();
    }

    private static long plan() {
        var job = db.submit(SPEC).id();
        new PostgresPlans(db.database).plan(job);
        return job;
    }

    private static boolean say(long job, String tenant, DesiredState state) {
        return new PostgresControl(db.database)
                .apply(Scope.tenant(job, tenant), new ControlRecord(state, null, null), Optional.empty());
    }

    private static void assertHeld(String tenants) throws SQLException {
        assertThat(db.ask("select count(*) from t where (select count(*) from backfleet.shard s where " + COVERS
                        + ") <> 1"))
                .as("rows that are not in exactly one shard")
                .isEqualTo("0");
        assertThat(db.ask("select coalesce(string_agg(distinct t.tenant, ' ' order by t.tenant), '') from t, "
                        + "backfleet.shard s where s.held and " + COVERS))
                .as("tenants in held shards")
                .isEqualTo(tenants);
        assertThat(db.ask("select count(*) from t, backfleet.shard s where not s.held and tenant = any('{"
                        + tenants.replace(' ', ',') + "}') and " + COVERS))
                .as("their rows in other shards")
                .isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void a_tenant_is_isolated_whether_it_has_shards_of_its_own_or_shares_one(long seed) throws SQLException {
        var job = job(seed, "");
        var small = db.ask("select tenant from t where tenant <> 'Wal' order by md5(tenant) limit 1");
        assertThat(say(job, small, DesiredState.PAUSE)).isTrue();
        assertHeld(small);
        say(job, "Wal", DesiredState.PAUSE);
        assertHeld(db.ask("select string_agg(distinct tenant, ' ' order by tenant) from t where tenant in ('Wal', '"
                + small + "')"));
        var dispatched = new PostgresDispatchQueue(db.database).dispatchIfLeading(job, 1000, lead());
        assertThat(dispatched).isNotEmpty();
        assertThat(db.ask("select count(*) from backfleet.shard where held and state <> 'PENDING'"))
                .isEqualTo("0");
        say(job, small, DesiredState.RUN);
        assertHeld("Wal");
        say(job, "Wal", DesiredState.RUN);
        assertHeld("");
    }

    @Test
    void rows_that_a_paused_tenant_gets_are_paused_too() throws SQLException {
        var job = job(1, "");
        say(job, "Wal", DesiredState.PAUSE);
        db.run("insert into t select 'Wal', i from generate_series(-5, 0) i union all select 'Wal', 50000");
        assertHeld("Wal");
    }

    @Test
    void a_tenant_that_was_paused_while_its_shards_had_failed_is_held_when_they_are_retried() throws SQLException {
        var job = job(1, "");
        db.run("update backfleet.shard set state = 'FAILED', error = 'e', error_code = 'XX000'");
        say(job, "Wal", DesiredState.PAUSE);
        assertThat(new PostgresRetries(db.database).retry(job, Actor.commandLine("me")))
                .isPresent();
        assertHeld("Wal");
    }

    @Test
    void a_worker_loses_a_shard_from_which_a_tenant_is_isolated() throws SQLException {
        var job = job(1, "");
        var shared = "(select min(number) from backfleet.shard where state = 'PENDING' and upper[1] <> 'Wal')";
        db.run(
                "update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now(), epoch = 3 where number = "
                        + shared);
        var tenants = db.column("select distinct tenant from t, backfleet.shard s where s.state = 'RUNNING' and "
                + COVERS + " order by 1");
        say(job, tenants.get(2), DesiredState.PAUSE);
        assertHeld(tenants.get(2));
        assertThat(db.column("select state from backfleet.shard where state = 'RUNNING'"))
                .isEmpty();
        assertThat(db.ask("select upper::text || state from backfleet.shard where epoch = 3"))
                .isEqualTo("{" + tenants.get(1) + "}PENDING");
    }

    @Test
    void rows_before_the_checkpoint_are_not_touched_again() throws SQLException {
        var job = job(1, "");
        // Within the whale, and within a shared shard.
        db.run("update backfleet.shard s set cursor = (select array[tenant, id::text] from t where " + COVERS
                + " order by tenant, id offset 300 limit 1)");
        var left =
                "select count(*) from t, backfleet.shard s where (t.tenant, t.id) > (s.cursor[1], s.cursor[2]::bigint) and "
                        + UP_TO;
        var before = db.ask(left.replace("s where", "s where cardinality(s.cursor) = 2 and"));
        for (var tenant : List.of("Wal", db.ask("select max(tenant) from t"), db.ask("select min(tenant) from t"))) {
            say(job, tenant, DesiredState.PAUSE);
        }
        var after = db.ask("select count(*) from t, backfleet.shard s where case when cardinality(s.cursor) = 2 then "
                + "(t.tenant, t.id) > (s.cursor[1], s.cursor[2]::bigint) else t.tenant > s.cursor[1] end and "
                + UP_TO);
        assertThat(after).isEqualTo(before);
    }

    @Test
    void a_pause_that_was_asked_for_while_the_job_was_planned_holds() throws SQLException {
        db.run("create table t (tenant text, id bigint, n integer, primary key (tenant, id))");
        db.run("insert into t select chr(97 + i % 5), i from generate_series(1, 100) i");
        var job = db.submit(SPEC).id();
        say(job, "c", DesiredState.PAUSE);
        new PostgresPlans(db.database).plan(job);
        assertHeld("c");
    }

    @Test
    void an_isolation_waits_for_the_batch_that_is_under_way_and_for_no_pause() throws Exception {
        var job = job(1, "");
        db.run(
                "update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now() where upper[1] = 'Wal'");
        var threads = Executors.newSingleThreadExecutor();
        try (var batch = db.connect()) {
            batch.setAutoCommit(false);
            batch.createStatement().execute("update backfleet.shard set batches = 1 where upper[1] = 'Wal'");
            var held = threads.submit(() -> say(job, "Wal", DesiredState.PAUSE));
            await().until(() -> db.ask("select count(*) from pg_stat_activity where datname = current_database() "
                            + "and wait_event_type = 'Lock'")
                    .equals("1"));
            assertThat(held.isDone()).isFalse();
            batch.commit();
            assertThat(held.get()).isTrue();
        } finally {
            threads.shutdownNow();
        }
        assertHeld("Wal");
        assertThat(db.column("select worker from backfleet.shard where worker is not null"))
                .isEmpty();
    }

    @Test
    void an_isolation_begins_where_the_batch_that_it_waited_for_ended() throws Exception {
        var job = job(1, "");
        var shared = "(select min(number) from backfleet.shard where upper[1] <> 'Wal')";
        db.run("update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now() where number = "
                + shared);
        var tenants = db.column("select distinct tenant from t, backfleet.shard s where s.state = 'RUNNING' and "
                + COVERS + " order by 1");
        var shards = db.ask("select count(*) from backfleet.shard");
        var threads = Executors.newSingleThreadExecutor();
        try (var batch = db.connect()) {
            batch.setAutoCommit(false);
            batch.createStatement()
                    .execute("update backfleet.shard set cursor = (select array[tenant, max(id)::text] from t "
                            + "where tenant = '" + tenants.get(3) + "' group by tenant) where state = 'RUNNING'");
            var held = threads.submit(() -> say(job, tenants.get(2), DesiredState.PAUSE));
            await().until(() -> db.ask("select count(*) from pg_stat_activity where datname = current_database() "
                            + "and wait_event_type = 'Lock'")
                    .equals("1"));
            batch.commit();
            assertThat(held.get()).isTrue();
        } finally {
            threads.shutdownNow();
        }
        assertHeld("");
        assertThat(db.ask("select count(*) from backfleet.shard")).isEqualTo(shards);
    }

    @Test
    void a_tenant_is_isolated_in_each_leaf() throws SQLException {
        db.run("create table t (tenant text, id bigint, n integer, primary key (tenant, id)) partition by hash (id)");
        for (var i = 0; i < 3; i++) {
            db.run("create table t_" + i + " partition of t for values with (modulus 3, remainder " + i + ")");
        }
        db.run("insert into t select chr(97 + i % 5), i from generate_series(1, 300) i");
        var job = plan();
        say(job, "c", DesiredState.PAUSE);
        assertThat(db.ask("select count(*) from backfleet.shard where held")).isEqualTo("3");
        assertThat(db.ask(
                        "select count(*) from t where (select count(*) from backfleet.shard s where s.relation = t.tableoid and "
                                + COVERS + ") <> 1"))
                .isEqualTo("0");
    }

    @Test
    void a_tenant_that_the_column_cannot_hold_is_skipped() throws SQLException {
        db.run("create table t (tenant integer, id bigint, n integer, primary key (tenant, id))");
        db.run("insert into t select i, i from generate_series(1, 10) i");
        var job = plan();
        assertThat(say(job, "seven", DesiredState.PAUSE)).isFalse();
        assertThat(say(job, "007", DesiredState.PAUSE)).isTrue();
        assertThat(db.ask("select concat(lower, upper) from backfleet.shard where held"))
                .isEqualTo("{6}{7}");
        var tenants = new PostgresTenants(db.database);
        assertThat(tenants.find(job, "0007")).hasValue("7");
        assertThat(tenants.find(job, "11")).isEmpty();
        assertThat(tenants.find(job, "seven")).isEmpty();
        assertThat(tenants.otherSpellings((Scope.Tenant) Scope.tenant(job, "7")))
                .containsExactly("007");
    }

    private static long lead() throws SQLException {
        db.run("update backfleet.leader set epoch = 1, lease_until = 'infinity'");
        return 1;
    }
}
