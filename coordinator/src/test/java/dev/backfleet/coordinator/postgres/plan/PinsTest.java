package dev.backfleet.coordinator.postgres.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.duty.SchemaDriftCheck;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A job halts when what it is pinned to changes, says what, and goes on when it is back. */
@Tag("server")
class PinsTest {
    private static final String SPEC = """
            name: j
            table: t
            tenant: tenant
            set: { n: n + 1, copy: 'upper("Source")' }
            where: kind <> 'x'
            """;

    private static final String PARTITIONED = """
            create table t (id bigint primary key, n integer not null) partition by range (id);
            create table t1 partition of t for values from (1) to (100);
            create table t2 partition of t for values from (100) to (200);
            insert into t select i, 0 from generate_series(1, 199) i""";

    private static TestDatabase db;
    private static PostgresPins pins;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
        pins = new PostgresPins(db.database);
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("drop table if exists t, t_old, t1, t2, t3 cascade; "
                + "delete from backfleet.job; delete from backfleet.control");
    }

    private static long running(String spec) {
        var job = db.submit(spec).id();
        assertThat(new PostgresPlans(db.database).plan(job)).isPresent();
        look();
        return job;
    }

    private static long running() throws SQLException {
        db.run("create table t (id integer not null, tenant integer not null, n integer, copy text, \"Source\" text, "
                + "kind text, other text, primary key (id), constraint walk unique (tenant, id))");
        db.run("insert into t select i, i % 3, 0, '', '', '' from generate_series(1, 100) i");
        return running(SPEC);
    }

    private static void look() {
        new SchemaDriftCheck(pins, EachJob.failingFast(SchemaDriftCheck.WHAT)).runOnce();
    }

    private static String state() throws SQLException {
        return db.ask("select concat_ws(': ', state, error) from backfleet.job");
    }

    private static void resume(long job) {
        new PostgresControl(db.database)
                .apply(Scope.job(job), new ControlRecord(DesiredState.RUN, null, "ann"), Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alter table t rename to t_old | the table public.t is called public.t_old now | alter table t_old rename to t",
                "alter table t rename to t_old; create table t (like t_old including all) | public.t is another table now; "
                        + "the pinned one is called public.t_old | drop table t; alter table t_old rename to t",
                "alter table t rename n to m | the column n is called m now | alter table t rename m to n",
                "alter table t rename \"Source\" to s | the column \"Source\" is called s now | "
                        + "alter table t rename s to \"Source\"",
                "alter table t alter n type bigint | the column n was integer and is bigint | alter table t alter n type integer",
                "alter table t alter id type bigint | the column id was integer and is bigint | "
                        + "alter table t alter id type integer",
                "alter table t alter tenant type bigint | the column tenant was integer and is bigint | "
                        + "alter table t alter tenant type integer",
                "alter table t alter copy type varchar(9) | the column copy was text and is character varying(9) | "
                        + "alter table t alter copy type text",
                "alter table t alter kind type text collate \"C\" | the column kind has another collation now | "
                        + "alter table t alter kind type text collate \"default\"",
                "alter table t drop constraint t_pkey; alter table t drop constraint walk | "
                        + "t has no usable index over (tenant, id), in this order, any more; "
                        + "t has no usable unique index over the key (tenant, id) any more | "
                        + "alter table t add primary key (id); create index on t (tenant, id)",
                "alter table t alter tenant drop not null | the column tenant can be NULL now | "
                        + "alter table t alter tenant set not null"
            })
    void a_job_halts_with_the_difference_and_resumes_when_it_is_reverted(String change, String words, String back)
            throws SQLException {
        var job = running();
        db.run("update backfleet.shard set state = 'RUNNING', worker = 'w', lease_until = now()");
        assertThat(state()).isEqualTo("RUNNING");

        db.run(change);
        look();
        assertThat(state()).isEqualTo("HALTED: " + words);
        assertThat(db.shards(job)).containsOnly("PENDING");

        resume(job);
        assertThat(state()).as("resumed too early").isEqualTo("HALTED: " + words);
        assertThat(pins.obstacles(job, Optional.empty())).isEqualTo(List.of(words.split("; (?!the pinned)")));

        db.run(back);
        assertThat(pins.obstacles(job, Optional.empty())).isEmpty();
        resume(job);
        assertThat(state()).isEqualTo("RUNNING");
        look();
        assertThat(state()).isEqualTo("RUNNING");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "drop table t | the table public.t was dropped",
                "alter table t drop copy | the column copy was dropped",
                "alter table t drop copy; alter table t add copy text | the column copy was dropped and created anew",
                "alter table t rename n to m; alter table t rename copy to n | "
                        + "the column copy is called n now; the column n is called m now, and another one is called n"
            })
    void what_is_gone_for_good_halts_the_job_too(String change, String words) throws SQLException {
        running();
        db.run(change);
        look();
        assertThat(state()).isEqualTo("HALTED: " + words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alter table t add more text",
                "alter table t drop other",
                "alter table t rename other to another",
                "create unique index anew on t (id); alter table t drop constraint t_pkey",
                "reindex table t",
                "create index on t (tenant, id, n); alter table t drop constraint walk",
                "alter table t alter n set default 7",
                "vacuum full t"
            })
    void what_the_job_does_not_use_may_change(String change) throws SQLException {
        running();
        for (var statement : change.split("; ")) {
            db.run(statement);
        }
        look();
        assertThat(state()).isEqualTo("RUNNING");
    }

    @Test
    void an_expression_that_PostgreSQL_refuses_keeps_a_halted_job_from_going_on() throws SQLException {
        db.run("create table t (id integer primary key, n integer)");
        db.run("create function twice(integer) returns integer language sql as 'select 2 * $1'");
        var job = running("name: j\ntable: t\nset: { n: public.twice(n) }\n");
        db.run("drop function twice");
        db.run("update backfleet.job set state = 'HALTED', error = '42883: function does not exist'");
        assertThat(pins.obstacles(job, Optional.empty()))
                .singleElement()
                .asString()
                .contains("function public.twice(integer) does not");
    }

    @Test
    void a_detached_partition_halts_the_job_unless_its_rows_are_done() throws SQLException {
        db.run(PARTITIONED);
        var job = running("name: j\ntable: t\nset: { n: n + 1 }\n");
        db.run("update backfleet.shard set state = 'DONE' where relation = 't1'::regclass");
        db.run("alter table t detach partition t1");
        look();
        assertThat(state()).isEqualTo("RUNNING");

        db.run("alter table t detach partition t2");
        look();
        assertThat(state()).isEqualTo("HALTED: the partition public.t2 was detached");
        db.run("alter table t attach partition t2 for values from (100) to (200)");
        resume(job);
        assertThat(state()).isEqualTo("RUNNING");
    }

    @Test
    void a_rule_that_comes_halts_the_job_until_it_is_gone() throws SQLException {
        db.run("create table t (id integer primary key, n integer); insert into t values (1)");
        var job = running("name: j\ntable: t\nset: { n: n + 1 }\n");
        db.run("create rule r as on update to t do also nothing");
        look();
        assertThat(state())
                .isEqualTo("HALTED: public.t has the rule r ON UPDATE now, which rewrites the statements of the job");
        db.run("drop rule r on t");
        assertThat(pins.obstacles(job, Optional.empty())).isEmpty();
        resume(job);
        assertThat(state()).isEqualTo("RUNNING");
    }

    @Test
    void a_job_that_halted_before_it_was_planned_is_planned_when_it_is_resumed() throws SQLException {
        db.run("create table t (id integer primary key, n integer); insert into t values (1)");
        var job = db.submit("name: j\ntable: t\nset: { n: n + 1 }\n").id();
        db.run("alter table t rename to t_old");
        new PostgresPlans(db.database).plan(job);
        assertThat(state()).startsWith("HALTED");
        db.run("alter table t_old rename to t");
        resume(job);
        assertThat(state()).isEqualTo("PLANNING");
    }
}
