package dev.backfleet.coordinator.postgres.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.duty.CompletenessCheck;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.duty.SchemaDriftCheck;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.control.Resume.Partitions;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import dev.backfleet.coordinator.postgres.control.PostgresJobs;
import dev.backfleet.coordinator.postgres.query.PostgresTenants;
import dev.backfleet.coordinator.postgres.shard.PostgresSplits;
import dev.backfleet.coordinator.postgres.throttle.PostgresThrottle;
import dev.backfleet.embedded.SharedServers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Partitions come and go while a job is under way: it goes on, or says what to do, and a resume is never a dead end. */
@Tag("server")
class PartitionsTest {
    private static final boolean DETACHES_CONCURRENTLY =
            SharedServers.postgres().majorVersion() >= 14;

    private static final String SPEC = "name: j\ntable: t\ntenant: tenant\nset: { n: n + 1 }\n";

    private static TestDatabase db;

    private PostgresPins pins;
    private SchemaDriftCheck watch;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @BeforeEach
    void start() {
        pins = new PostgresPins(db.database);
        watch = new SchemaDriftCheck(pins, EachJob.failingFast(SchemaDriftCheck.WHAT));
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("drop table if exists t, t0, t1, t2, t3, other cascade; drop schema if exists elsewhere cascade; "
                + "delete from backfleet.job; delete from backfleet.control");
    }

    private long running(String spec) throws SQLException {
        db.run("create table t (tenant integer not null, id integer not null, n integer not null default 0, "
                + "primary key (tenant, id)) partition by range (id); "
                + "create table t1 partition of t for values from (1) to (101); "
                + "create table t2 partition of t for values from (101) to (201); "
                + "insert into t select i % 3, i from generate_series(1, 200) i");
        var job = db.submit(spec).id();
        assertThat(new PostgresPlans(db.database).plan(job)).isPresent();
        look();
        return job;
    }

    private void look() {
        // The second look is at what the first one took in.
        for (var i = 0; i < 2; i++) {
            new SchemaDriftCheck(pins, EachJob.failingFast(SchemaDriftCheck.WHAT)).runOnce();
        }
        watch.runOnce();
    }

    private static String state() throws SQLException {
        return db.ask("select concat_ws(': ', state, error) from backfleet.job");
    }

    private static List<String> notes() throws SQLException {
        return db.column("select note from backfleet.job_note order by at");
    }

    private static String openShards(String leaf) throws SQLException {
        return db.ask("select count(*) from backfleet.shard s join backfleet.job_relation r using (job_id, relation) "
                + "where r.table_name = '" + leaf + "' and s.state <> 'DONE'");
    }

    private static void resume(long job) {
        new PostgresControl(db.database)
                .apply(Scope.job(job), new ControlRecord(DesiredState.RUN, null, "ann"), Optional.empty());
    }

    private static void done(String leaf) throws SQLException {
        db.run("update backfleet.shard set state = 'DONE' where relation = '" + leaf + "'::regclass");
    }

    @Test
    void a_table_that_inherits_from_an_ordinary_one_is_no_part_of_the_job() throws SQLException {
        db.run("create table t (id integer primary key, n integer not null default 0); insert into t values (1)");
        var job = db.submit("name: j\ntable: t\nset: { n: n + 1 }\n").id();
        assertThat(new PostgresPlans(db.database).plan(job)).isPresent();
        look();
        db.run("create table t1 () inherits (t); insert into t1 values (2)");
        look();
        assertThat(state()).isEqualTo("RUNNING");
        assertThat(db.ask("select count(*) from backfleet.job_relation")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RUNNING", "PAUSED", "HALTED"})
    void one_that_is_made_and_filled_while_the_job_is_under_way_is_cut_into_shards(String meanwhile)
            throws SQLException {
        var job = running(SPEC);
        db.run("update backfleet.job set state = '" + meanwhile + "', error = case when '" + meanwhile
                + "' = 'HALTED' then 'why' end");
        db.run("create table t3 partition of t for values from (201) to (301); "
                + "insert into t select i % 3, i from generate_series(201, 240) i");
        assertThat(pins.obstacles(job, Optional.empty())).isEmpty();
        resume(job);
        look();
        assertThat(state()).isEqualTo("RUNNING");
        assertThat(openShards("t3")).isEqualTo("1");
        assertThat(db.ask("select rows_estimated from backfleet.job")).isEqualTo("240");
        assertThat(notes())
                .containsExactly(
                        "the partition public.t3 came after planning with rows, about 40: they are changed as well");
        assertThat(db.ask("select count(distinct number) = count(*) from backfleet.shard"))
                .isEqualTo("t");
    }

    @Test
    void one_that_is_attached_with_rows_is_split_into_shards_and_an_empty_one_is_noted() throws SQLException {
        running(SPEC);
        db.run("create table other (like t including all); insert into other values (1, 301); "
                + "alter table t attach partition other for values from (301) to (401); "
                + "create table t3 partition of t for values from (201) to (301)");
        look();
        db.run("insert into t values (1, 201)");
        look();
        assertThat(state()).isEqualTo("RUNNING");
        assertThat(openShards("other")).isEqualTo("1");
        assertThat(openShards("t3")).isEqualTo("0");
        assertThat(notes())
                .containsExactlyInAnyOrder(
                        "the partition public.other came after planning with rows, about 1: they are changed as well",
                        "the partition public.t3 came after planning and was empty: rows that are inserted into it are not"
                                + " changed");
    }

    @Test
    void the_leaves_of_one_that_is_divided_itself_are_taken_in() throws SQLException {
        running(SPEC);
        db.run("create table t3 partition of t for values from (201) to (301) partition by list (tenant); "
                + "create table t0 partition of t3 for values in (0, 1); create table other partition of t3 default; "
                + "insert into t values (0, 201), (1, 202), (2, 203)");
        look();
        assertThat(openShards("t0")).isEqualTo("1");
        assertThat(openShards("other")).isEqualTo("1");
    }

    @Test
    void new_shards_wait_for_the_last_wave_and_for_paused_tenants() throws SQLException {
        var job = running(SPEC + "rollout: [{ tenants: [1] }, { percent: 100 }]\n");
        db.run("insert into backfleet.control (scope, state) values ('job/" + job + "/tenant/2', 'PAUSE')");
        db.run(
                "create table t3 partition of t for values from (201) to (301); insert into t values (1, 201), (2, 202)");
        look();
        assertThat(db.column(
                        "select wave || ' ' || held from backfleet.shard where relation = 't3'::regclass order by 1"))
                .containsExactly("2 false", "2 true");
    }

    @Test
    void a_job_does_not_end_before_new_partitions_are_taken_in() throws SQLException {
        var job = running(SPEC);
        done("t1");
        done("t2");
        new CompletenessCheck(new PostgresCompleteness(db.database, () -> Duration.ZERO), EachJob.failingFast("look"))
                .runOnce(() -> {});
        db.run("create table t3 partition of t for values from (201) to (301); insert into t values (1, 201)");
        var jobs = new PostgresJobs(db.database, true);
        assertThat(jobs.finish(job)).isEmpty();
        look();
        assertThat(jobs.finish(job)).isEmpty();
        done("t3");
        assertThat(jobs.finish(job)).containsExactly(JobState.SUCCEEDED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "drop table t1",
                "alter table t detach partition t1",
                "alter table t detach partition t1 concurrently",
                "create schema elsewhere; alter table t1 set schema elsewhere",
                "alter table t detach partition t1; create schema elsewhere; alter table t1 set schema elsewhere",
                "alter table t1 rename to other"
            })
    void one_that_goes_behind_the_job_is_not_missed(String change) throws SQLException {
        assumeTrue(DETACHES_CONCURRENTLY || !change.endsWith("concurrently"));
        var job = running(SPEC);
        done("t1");
        for (var statement : change.split("; ")) {
            db.run(statement);
        }
        look();
        assertThat(state()).isEqualTo("RUNNING");
        var tenants = new PostgresTenants(db.database);
        assertThat(tenants.find(job, "1")).contains("1");
        assertThat(tenants.page(job, Set.of(), null, 10).orElseThrow().tenants())
                .hasSize(3);
        new PostgresControl(db.database)
                .apply(Scope.tenant(job, "1"), new ControlRecord(DesiredState.PAUSE, null, "ann"), Optional.empty());
        assertThat(new PostgresSplits(db.database).splitRunning(job, 5)).isZero();
        assertThat(new PostgresThrottle(db.database).jobs().get(0).relations())
                .extracting(relation -> relation.name())
                .contains("t2");
        done("t2");
        var jobs = new PostgresJobs(db.database, true);
        new CompletenessCheck(new PostgresCompleteness(db.database, () -> Duration.ZERO), EachJob.failingFast("look"))
                .runOnce(() -> {});
        assertThat(jobs.finish(job)).containsExactly(JobState.SUCCEEDED);
    }

    @Test
    void one_that_is_dropped_before_its_turn_halts_the_job_and_a_resume_leaves_it_out() throws SQLException {
        var job = running(SPEC);
        db.run("drop table t2");
        look();
        assertThat(state())
                .isEqualTo(
                        "HALTED: the partition public.t2 was dropped before its rows were changed; a resume goes on without"
                                + " them");
        assertThat(pins.obstacles(job, Optional.empty())).isEmpty();
        assertThat(openShards("t2")).as("asking changes nothing").isEqualTo("1");
        resume(job);
        look();
        assertThat(state()).isEqualTo("RUNNING");
        assertThat(openShards("t2")).isEqualTo("0");
        assertThat(notes())
                .containsExactly(
                        "the partition public.t2 was dropped: the rows of 1 shards that were not done were not changed");
    }

    @Test
    void one_that_is_detached_ahead_of_the_job_halts_it_and_may_be_left_out() throws SQLException {
        var job = running(SPEC);
        db.run("alter table t detach partition t2" + (DETACHES_CONCURRENTLY ? " concurrently" : ""));
        look();
        assertThat(state()).isEqualTo("HALTED: the partition public.t2 was detached");
        resume(job);
        assertThat(state()).startsWith("HALTED");
        pins.leaveOut(job, Partitions.LEAVE, Actor.commandLine("me"));
        assertThat(pins.obstacles(job, Optional.empty())).isEmpty();
        resume(job);
        look();
        assertThat(state()).isEqualTo("RUNNING");
        assertThat(openShards("t2")).isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource({"true,1", "false,0"})
    void one_that_replaces_another_halts_the_job_until_an_operator_decides(boolean change, String open)
            throws SQLException {
        var job = running(SPEC);
        done("t1");
        db.run(
                "alter table t detach partition t1; alter table t1 rename to other; create table t1 (like other including all); "
                        + "insert into t1 select * from other; alter table t attach partition t1 for values from (1) to (101)");
        look();
        assertThat(state())
                .isEqualTo(
                        "HALTED: the partition public.t1 is another table now, and nobody knows which of its rows were changed");
        resume(job);
        assertThat(state()).startsWith("HALTED");
        pins.leaveOut(job, change ? Partitions.CHANGE : Partitions.LEAVE, Actor.commandLine("me"));
        assertThat(pins.obstacles(job, Optional.empty())).isEmpty();
        resume(job);
        look();
        assertThat(state()).isEqualTo("RUNNING");
        assertThat(openShards("t1")).isEqualTo(open);
    }

    @ParameterizedTest
    @CsvSource({"true,1", "false,0"})
    void one_that_gets_rows_of_a_default_partition_halts_the_job_until_an_operator_decides(boolean change, String open)
            throws SQLException {
        var job = running(SPEC);
        db.run(
                "create table other partition of t default; insert into t select i % 3, i from generate_series(201, 300) i");
        look();
        assertThat(state()).isEqualTo("RUNNING");
        splitDefault(false);
        look();
        // Nothing of it was changed: what was moved is changed in its new place.
        assertThat(state()).isEqualTo("RUNNING");
        assertThat(openShards("t3")).isEqualTo("1");
        db.run("update backfleet.shard set rows_walked = 20 where relation = 'other'::regclass");
        splitDefault(true);
        look();
        assertThat(state())
                .isEqualTo("HALTED: the partition public.t0 came with rows while the job changed rows of the default "
                        + "partition: if they were moved from there, nobody knows which of them were changed");
        resume(job);
        assertThat(state()).startsWith("HALTED");
        pins.leaveOut(job, change ? Partitions.CHANGE : Partitions.LEAVE, Actor.commandLine("me"));
        assertThat(pins.obstacles(job, Optional.empty())).isEmpty();
        resume(job);
        look();
        assertThat(state()).isEqualTo("RUNNING");
        assertThat(openShards("t0")).isEqualTo(open);
    }

    @Test
    void a_condition_tells_which_rows_of_a_default_partition_were_changed() throws SQLException {
        running(SPEC + "where: n = 0\n");
        db.run(
                "create table other partition of t default; insert into t select i % 3, i from generate_series(201, 300) i");
        look();
        db.run("update backfleet.shard set rows_walked = 20 where relation = 'other'::regclass");
        splitDefault(true);
        look();
        assertThat(state()).isEqualTo("RUNNING");
        assertThat(openShards("t0")).isEqualTo("1");
    }

    private static void splitDefault(boolean second) throws SQLException {
        var from = second ? 251 : 201;
        var name = second ? "t0" : "t3";
        db.run("begin; create table " + name
                + " (like t including all); with moved as (delete from other where id between "
                + from + " and " + (from + 49) + " returning *) insert into " + name
                + " select * from moved; alter table t attach "
                + "partition " + name + " for values from (" + from + ") to (" + (from + 50) + "); commit");
    }

    @Test
    void those_that_come_and_go_before_planning_are_planned_as_they_are_then() throws SQLException {
        db.run(
                "create table t (id integer primary key, n integer) partition by range (id); "
                        + "create table t1 partition of t for values from (1) to (101); "
                        + "create table t2 partition of t for values from (101) to (201); insert into t values (1, 0), (101, 0)");
        var job = db.submit("name: j\ntable: t\nset: { n: n + 1 }\n").id();
        db.run(
                "drop table t1; create table t3 partition of t for values from (201) to (301); insert into t values (201, 0)");
        assertThat(new PostgresPlans(db.database).plan(job).orElseThrow().state())
                .isEqualTo(JobState.RUNNING);
        assertThat(openShards("t2")).isEqualTo("1");
        assertThat(openShards("t3")).isEqualTo("1");
        look();
        assertThat(state()).isEqualTo("RUNNING");
    }

    @Test
    void a_look_at_a_catalog_that_has_not_changed_asks_for_no_differences() throws SQLException {
        db.run("create table t (id integer primary key, n integer, a integer, b integer) partition by range (id)");
        db.run("create index on t (a); create index on t (b); create index on t (n)");
        for (var i = 0; i < 300; i++) {
            db.run("create table t_" + i + " partition of t for values from (" + i * 10 + ") to (" + (i * 10 + 10)
                    + ")");
        }
        db.run("insert into t select i from generate_series(0, 2999) i");
        var job = db.submit("name: j\ntable: t\nset: { n: n + 1 }\n").id();
        new PostgresPlans(db.database).plan(job);
        assertThat(pins.changed(job)).isEmpty();
        var differences = db.ask("select pg_get_functiondef('backfleet.differences(bigint)'::regprocedure)");
        db.run("create or replace function backfleet.differences(job bigint) returns setof text language sql as "
                + "$$ select 'it was asked' $$");
        try {
            assertThat(pins.changed(job)).isEmpty();
            db.run("alter table t_7 set (fillfactor = 50)");
            assertThat(pins.changed(job)).contains("it was asked");
        } finally {
            db.run(differences);
        }
    }
}
