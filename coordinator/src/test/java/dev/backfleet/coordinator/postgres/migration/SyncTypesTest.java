package dev.backfleet.coordinator.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.Migration.SyncErrors;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sync with columns of every type, with defaults, and in sessions that differ from those of workers. */
@Tag("server")
class SyncTypesTest {
    private static final AtomicInteger TABLES = new AtomicInteger();

    private static TestDatabase db;
    private static MigrationBench bench;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        bench = new MigrationBench(db);
        db.run("create type mood as enum ('sad', 'it''s'); create domain filled as text not null check (value <> '');"
                + " create type pair as (x integer, y text); create collation insensitive"
                + " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    // Two values that look the same to some comparison, where the type has such.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "smallint | '1' | '-2'",
                "bigint | '9007199254740993' | '9007199254740992'",
                "numeric | '1.0' | '1.00'",
                "numeric(20,4) | '1.5' | '2'",
                "double precision | '0' | '-0'",
                "real | 'NaN' | '1e30'",
                "boolean | 't' | 'f'",
                "text collate insensitive | 'ab' | 'AB'",
                "varchar(5) collate \"C\" | 'ab' | 'ab '",
                "char(4) | 'ab' | 'abc'",
                "\"char\" | 'a' | 'b'",
                "bytea | '\\x00ff' | '\\x'",
                "uuid | '00000000-0000-0000-0000-000000000000' | 'ffffffff-ffff-ffff-ffff-ffffffffffff'",
                "date | 'infinity' | '4713-01-01 BC'",
                "timestamptz | '2024-03-31 00:30+01' | '-infinity'",
                "interval | '1 month' | '30 days'",
                "time with time zone | '10:00+01' | '09:00+00'",
                "money | '1.50' | '2'",
                "inet | '10.0.0.1' | '10.0.0.1/31'",
                "bit(3) | '101' | '111'",
                "json | '{\"a\":1}' | '{\"a\": 1}'",
                "jsonb | '{\"a\":1}' | '[]'",
                "xml | '<a/>' | '<b>x</b>'",
                "point | '(1,2)' | '(1,3)'",
                "tsvector | 'a b' | 'b c'",
                "int4range | '[1,5)' | 'empty'",
                "integer[] | '{1,NULL}' | '{}'",
                "mood | 'sad' | 'it''s'",
                "pair | '(1,)' | '(,)'",
                "filled | 'a' | 'b'"
            })
    void a_column_of_each_type_is_kept_up_in_both_directions(String type, String one, String two) throws SQLException {
        var table = "t" + TABLES.incrementAndGet();
        db.run("create table " + table + " (id integer primary key, \"Old\" " + type + ", other integer)");
        bench.applyAll(new MigrationBench.Draft(table, table)
                .from("Old")
                .to("New", type.equals("filled") ? "text" : type, "\"Old\"")
                .down("Old", "\"New\"")
                .onError(SyncErrors.RAISE)
                .migration());
        db.run("insert into " + table + " (id, \"Old\") values (1, " + one + ")");
        assertRow(table, one, type);
        db.run("update " + table + " set \"New\" = " + two);
        assertRow(table, two, type);
        db.run("update " + table + " set \"Old\" = " + one);
        assertRow(table, one, type);
        db.run("update " + table + " set \"Old\" = " + two + ", \"New\" = " + two);
        assertRow(table, two, type);
        if (!type.equals("filled")) {
            db.run("delete from " + table + "; insert into " + table + " (id, \"New\") values (1, " + one + ")");
            assertRow(table, one, type);
        }
    }

    private static void assertRow(String table, String value, String type) throws SQLException {
        assertThat(db.ask("select \"Old\"::text || '/' || \"New\"::text from " + table))
                .isEqualTo(db.ask("select v::text || '/' || v::text from (select cast(" + value + " as "
                        + castType(type) + ")) x (v)"));
    }

    private static String castType(String type) {
        return type.replaceFirst(" collate .*", "");
    }

    @Test
    void a_default_is_no_value_that_somebody_has_written() throws SQLException {
        db.run("create table d (id integer primary key, a text default '')");
        bench.applyAll(new MigrationBench.Draft("d", "d")
                .from("a")
                .to("b", "text", "upper(a)", "'none'")
                .to("c", "text", "lower(a)", "''")
                .down("a", "b || c")
                .migration());
        db.run("insert into d (id, a) values (1, 'Old')");
        db.run("insert into d (id, b) values (2, 'New')");
        db.run("insert into d (id, a, b) values (3, 'Both', 'x')");
        db.run("insert into d (id) values (4)");
        assertThat(db.column("select concat_ws(',', id, a, b, c) from d order by id"))
                .containsExactly("1,Old,OLD,old", "2,New,New,", "3,Both,x,", "4,,,");
    }

    @Test
    void values_do_not_depend_on_the_session_that_writes() throws SQLException {
        db.run("create table s (id integer primary key, at timestamptz, f double precision)");
        db.run("create function shout(text) returns text language sql immutable as 'select upper($1) || ''!'''");
        bench.applyAll(new MigrationBench.Draft("s", "s")
                .from("at")
                .from("f")
                .to("day", "text", "at::date::text || ' ' || shout(f::text) || '\\'")
                .onError(SyncErrors.RAISE)
                .migration());
        db.run("create schema evil; create function evil.shout(text) returns text language sql as 'select ''evil'''");
        db.run(
                "set search_path = evil, public; set timezone = 'Asia/Tokyo'; set datestyle = 'ISO, DMY'; set extra_float_digits = -5;"
                        + " set standard_conforming_strings = off");
        try {
            db.run("insert into public.s values (1, '2024-01-01 20:00+00', 0.1::float8 + 0.2)");
        } finally {
            db.run("reset all");
        }
        assertThat(db.ask("select day from s")).isEqualTo("2024-01-01 0.30000000000000004!\\");
    }

    @Test
    void columns_that_no_expression_uses_may_be_dropped() throws SQLException {
        db.run("create table g (id integer primary key, a text, gone integer)");
        bench.applyAll(migration("g"));
        db.run("alter table g drop column gone");
        db.run("insert into g values (1, 'x')");
        assertThat(db.ask("select b from g")).isEqualTo("x");
        assertThat(bench.steps(migration("g")).stream().map(SyncTypesTest::check))
                .containsOnly("done");
    }

    @Test
    void a_sync_that_was_changed_is_not_done() throws SQLException {
        db.run("create table h (id integer primary key, a text)");
        bench.applyAll(migration("h"));
        var function = bench.step(migration("h"), "sync.function");
        var triggers = bench.step(migration("h"), "sync.triggers");
        db.run("alter table h disable trigger zz_backfleet_sync_h_u");
        assertThat(check(triggers)).isEqualTo("a trigger of the sync is disabled");
        db.run("alter table h enable always trigger zz_backfleet_sync_h_u");
        assertThat(check(triggers)).isEqualTo("done");
        db.run("drop trigger zz_backfleet_sync_h_u on h");
        assertThat(check(triggers)).isEqualTo("open");
        db.run(
                "create trigger zz_backfleet_sync_h_u before update on h for each row execute function backfleet_sync_h()");
        assertThat(check(triggers)).isEqualTo("a trigger of the name of the sync has another definition");
        db.run(
                "create or replace function backfleet_sync_h() returns trigger language plpgsql as 'begin return new; end'");
        assertThat(check(function))
                .isEqualTo("the function public.backfleet_sync_h has another text than this migration gives it");
    }

    private static Migration migration(String table) {
        return new MigrationBench.Draft(table, table)
                .from("a")
                .to("b", "text", "a")
                .migration();
    }

    private static String check(Step step) {
        try {
            return bench.check(step);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
