package dev.backfleet.coordinator.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.duty.SchemaDriftCheck;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.job.PinStore;
import dev.backfleet.coordinator.postgres.plan.PostgresPins;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.embedded.SharedServers;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys that a job cannot walk, and statements that PostgreSQL rejects, are refused at submission. */
@Tag("server")
class KeyRefusalsTest {
    private static final int KNOWS_EXPRESSIONS_OF_LEAVES = 16;
    private static final boolean INVALID_IS_KNOWN = SharedServers.postgres().majorVersion() >= 18;

    private static TestDatabase db;

    @BeforeAll
    static void create() throws SQLException {
        db = TestDatabase.open();
        db.run("create schema extensions; create extension citext schema extensions");
        db.run("create table u (email text, ekey text generated always as (lower(email)) stored primary key, n int)");
        db.run("create table v (id int primary key, email text, "
                + "t text generated always as (lower(email)) stored not null, n int)");
        db.run("create unique index on v (t, id)");
        db.run("create table ord (uid bigint, n int not null default 0)");
        db.run("create unique index ord_uid on ord (uid)");
        db.run("insert into ord values (1), (null)");
        db.run("create table led (id bigint primary key, tenant int, n int); create index on led (tenant, id)");
        if (INVALID_IS_KNOWN) {
            db.run("alter table ord add constraint uid_nn not null uid not valid");
            db.run("alter table led add constraint t_nn not null tenant not valid");
        }
        db.run("create table ex (id int not null, day date, n int) partition by range ((n % 10))");
        db.run("create table ex_1 partition of ex for values from (0) to (10)");
        db.run("create unique index on ex_1 (id)");
        db.run(
                "create table p (id int, area text, sub text, n int, primary key (id, area, sub)) partition by list (area)");
        db.run("create table mid (id int, area text, sub text, n int) partition by list (sub)");
        db.run("create table leaf (id int not null unique, area text not null, sub text not null, n int)");
        db.run("alter table mid attach partition leaf for values in ('s')");
        db.run("create table cash (id money primary key, n int)");
        db.run("create table names (id regclass[] primary key, n int)");
        db.run("create domain small as int check (value < 1000)");
        db.run("create table smalls (id small[] primary key, n int)");
        db.run("create table mail (addr extensions.citext not null, n int)");
        db.run("create unique index on mail (addr text_ops)");
        db.run("create table worded (id text not null, n int)");
        db.run("create unique index on worded (id collate \"C\")");
        db.run("create table t (id bigint primary key, n int, g int generated always as (n + 1) stored)");
        db.run("insert into t select i, i from generate_series(1, 10) i");
        db.run("create table checked (id bigint primary key, n int check (n < 5))");
        db.run("insert into checked select i, 4 from generate_series(1, 10) i");
        db.run("create table fired (id bigint primary key, n int); insert into fired values (1, 1)");
        db.run("create function no() returns trigger language plpgsql as "
                + "$$ begin raise exception 'no' using errcode = tg_argv[0]; end $$");
        db.run("create trigger no before update on fired for each row execute function no('0A000')");
        db.run("create table backfleet_input (size int); insert into backfleet_input values (1)");
        if (SharedServers.postgres().majorVersion() >= KNOWS_EXPRESSIONS_OF_LEAVES) {
            db.run(
                    "create table lf (id int, f text, k text generated always as (lower(id::text)) stored not null, n int, "
                            + "primary key (id, k)) partition by range (id)");
            db.run(
                    "create table lf_1 (id int not null, f text, k text generated always as (lower(f)) stored not null, n int)");
            db.run("alter table lf attach partition lf_1 for values from (0) to (10)");
        }
        db.run("create table dated (id bigint primary key, n int); insert into dated values (1, 1)");
        db.run("create function dmy() returns trigger language plpgsql as "
                + "$$ begin set DateStyle = 'SQL, DMY'; return new; end $$");
        db.run("create trigger dmy before update on dated for each row execute function dmy()");
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                of(
                        "table: u\nset: { email: \"ltrim(email)\", n: n + 1 }",
                        "the key column ekey is computed from email"),
                of("table: v\ntenant: t\nset: { email: \"ltrim(email)\" }", "the key column t is computed from email"),
                of(
                        "table: ord\nkey: [uid]\nset: { n: n + 1 }",
                        INVALID_IS_KNOWN ? "the column uid can still be NULL" : "all of them NOT NULL"),
                of(
                        "table: led\ntenant: tenant\nset: { n: n + 1 }",
                        INVALID_IS_KNOWN ? "the column tenant can still be NULL" : "the column tenant can be NULL"),
                of("table: ex_1\nkey: [id]\nset: { n: n + 1 }", "it determines the partition of a row"),
                of("table: leaf\nkey: [id]\nset: { sub: \"'t'\" }", "it determines the partition of a row"),
                of("table: cash\nset: { n: n + 1 }", "the text of money depends on lc_monetary"),
                of("table: names\nset: { n: n + 1 }", "which can be renamed"),
                of("table: smalls\nset: { n: n + 1 }", "a domain with constraints"),
                of("table: mail\nkey: [addr]\nset: { n: n + 1 }", "no unique index over exactly these columns"),
                of("table: worded\nkey: [id]\nset: { n: n + 1 }", "no unique index over exactly these columns"),
                of("table: t\nset: { n: \"generate_series(1,3)\" }", "set-returning functions are not allowed"),
                of("table: t\nset: { n: \"n + row_number() over ()\" }", "window functions are not allowed"),
                of("table: t\nset: { n: n + 1 }\nwhere: \"generate_series(1,3) = n\"", "set-returning functions"),
                of("table: t\nset: { n: \"unnest(array[1,2])\" }", "set-returning functions are not allowed"),
                of("table: t\nset: { n: \"(select 1, 2)\" }", "subquery must return only one column"),
                of(
                        "table: t\nset: { n: \"(select size from backfleet_input)\" }",
                        "backfleet_input cannot be named here"),
                of("table: dated\nset: { n: n + 1 }", "changes DateStyle for the rest of the session"),
                of(
                        "table: pg_catalog.pg_class\nkey: [oid]\nset: { relpages: relpages }",
                        "a table of PostgreSQL's own catalog"));
    }

    @Test
    void a_key_column_that_only_a_leaf_computes_from_a_set_column_is_refused() {
        assumeTrue(SharedServers.postgres().majorVersion() >= KNOWS_EXPRESSIONS_OF_LEAVES);
        assertThatThrownBy(() -> db.submit("name: j\ntable: lf\nset: { f: \"'z'\" }\n"))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("the key column k is computed from f");
    }

    private static Arguments of(String spec, String words) {
        return Arguments.of(spec, words);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void a_key_that_cannot_be_scanned_or_a_statement_that_cannot_run_is_refused_at_submission(String spec, String words)
            throws SQLException {
        assertThatThrownBy(() -> db.submit("name: j\n" + spec + "\n"))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining(words);
        assertThat(db.ask("select count(*) from backfleet.job where name = 'j'"))
                .isEqualTo("0");
    }

    @Test
    void an_error_of_the_first_row_is_noted_and_is_no_reason_to_refuse_the_job() throws SQLException {
        assertThat(TestDatabase.notes(db.submit("name: check\ntable: checked\nset: { n: n + 1 }\n")))
                .singleElement()
                .asString()
                .contains("the first row would go into quarantine", "23514", "checked_n_check");
        // The trigger is told of as well: it may keep rows as they are.
        assertThat(TestDatabase.notes(db.submit("name: fire\ntable: fired\nset: { n: n + 1 }\n")))
                .hasSize(2)
                .first()
                .asString()
                .contains("the first row would go into quarantine", "0A000");
        assertThat(db.ask("select sum(n) from checked")).isEqualTo("40");
    }

    @Test
    void a_first_row_that_can_be_changed_is_left_as_it_was() throws SQLException {
        assertThat(TestDatabase.notes(db.submit("name: quiet\ntable: t\nset: { n: n + 1 }\n")))
                .isEmpty();
        assertThat(db.ask("select sum(n) from t")).isEqualTo("55");
    }

    @Test
    void a_constraint_that_is_no_longer_valid_halts_a_running_job() throws SQLException {
        db.run("create table late (id bigint not null, n int)");
        db.run("create unique index on late (id); insert into late values (1, 1)");
        var job = db.submit("name: late\ntable: late\nkey: [id]\nset: { n: n + 1 }\n")
                .id();
        new PostgresPlans(db.database).plan(job);
        db.run("alter table late alter id drop not null");
        if (INVALID_IS_KNOWN) {
            db.run("alter table late add constraint nn not null id not valid");
        }
        watch();
        assertThat(db.ask("select error from backfleet.job where id = " + job))
                .contains("the column id can be NULL now");
    }

    @Test
    void a_renamed_label_of_an_enum_in_the_key_halts_the_job_and_it_resumes_when_it_is_renamed_back()
            throws SQLException {
        db.run("create type mood as enum ('sad', 'ok'); create table felt (id mood primary key, n int)");
        db.run("insert into felt values ('sad', 1), ('ok', 1)");
        var job = db.submit("name: felt\ntable: felt\nset: { n: n + 1 }\n").id();
        new PostgresPlans(db.database).plan(job);
        db.run("alter type mood rename value 'ok' to 'fine'");
        watch();
        assertThat(db.ask("select state || ' ' || error from backfleet.job where id = " + job))
                .isEqualTo("HALTED the label 'ok' of the enum mood in the key is called 'fine' now: "
                        + "rename it back and resume");
        db.run("alter type mood rename value 'fine' to 'ok'; alter type mood add value 'new' before 'sad'");
        var resumed =
                db.database.jdbi().<Boolean, RuntimeException>withHandle(handle -> new PinStore(handle).resume(job));
        assertThat(resumed).isTrue();
    }

    private static void watch() {
        new SchemaDriftCheck(new PostgresPins(db.database), EachJob.failingFast(SchemaDriftCheck.WHAT)).runOnce();
    }
}
