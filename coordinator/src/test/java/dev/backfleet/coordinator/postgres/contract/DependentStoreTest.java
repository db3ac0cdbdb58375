package dev.backfleet.coordinator.postgres.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.migration.contract.Dependent;
import dev.backfleet.coordinator.migration.contract.Dependent.Kind;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Everything in a database that can hang on a column is found. */
@Tag("server")
class DependentStoreTest {
    private static TestDatabase db;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        db.run(
                "create schema d; create table d.t (id integer primary key, a text not null default 'x', b text, other text);"
                        + " create table d.p (id integer, a text, k integer) partition by range (k)");
        db.run("create function d.nothing() returns trigger language plpgsql as 'begin return new; end'");
        db.run(
                "create trigger own before update on d.t for each row when (old.a <> new.b) execute function d.nothing()");
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "VIEW | create view d.v as select a from d.t | drop view d.v | the view d.v",
                "VIEW | create view d.v as select id from d.t where b > '' | drop view d.v | the view d.v",
                "MATERIALIZED_VIEW | create materialized view d.m as select a from d.t | drop materialized view d.m | the materialized view d.m",
                "RULE | create rule r as on update to d.t where new.a = 'no' do also delete from d.p | drop rule r on d.t | the rule r on d.t",
                "POLICY | create policy p on d.t using (a <> 'secret') | drop policy p on d.t | the row security policy p on d.t",
                "GENERATED | alter table d.t add column g text generated always as (upper(a)) stored | alter table d.t drop column g | the generated column d.t.g",
                "INDEX | create index i on d.t (a, other) | drop index d.i | the index d.i",
                "INDEX | create index i on d.t (other) include (a) | drop index d.i | the index d.i",
                "INDEX | create index i on d.t (lower(a), other) | drop index d.i | the index d.i",
                "INDEX | create index i on d.t (other) where b is not null | drop index d.i | the index d.i",
                "REPLICA_IDENTITY | create unique index i on d.t (a); alter table d.t replica identity using index i | alter table d.t replica identity default; drop index d.i | the replica identity d.i",
                "CONSTRAINT | alter table d.t add constraint k check (a <> other) | alter table d.t drop constraint k | the constraint k on d.t",
                "CONSTRAINT | alter table d.t add constraint k unique (a, other) | alter table d.t drop constraint k | the constraint k on d.t",
                "CONSTRAINT | alter table d.t add constraint k exclude using btree (a with =, other with =) | alter table d.t drop constraint k | the constraint k on d.t",
                "FOREIGN_KEY | alter table d.t add constraint u unique (a); create table d.f (a text constraint k references d.t (a)) | drop table d.f; alter table d.t drop constraint u | the foreign key k on d.f",
                "FOREIGN_KEY | create table d.f (a text, o text, primary key (a, o)); alter table d.t add constraint k foreign key (a, other) references d.f | drop table d.f cascade | the foreign key k on d.t",
                "STATISTICS | create statistics d.s on a, other from d.t | drop statistics d.s | the extended statistics d.s",
                "SEQUENCE | create sequence d.q owned by d.t.b | drop sequence d.q | the sequence d.q",
                "TRIGGER | create trigger z before update of a on d.t for each row execute function d.nothing() | drop trigger z on d.t | the trigger z on d.t",
                "TRIGGER | create trigger z after update on d.t for each row when (old.b <> new.b) execute function d.nothing() | drop trigger z on d.t | the trigger z on d.t"
            })
    void whatever_needs_an_old_column_is_found_and_keeps_it(String kind, String create, String drop, String says)
            throws SQLException {
        found(kind, create, drop, says);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "14 | FUNCTION | create function d.fn() returns bigint language sql begin atomic select count(*) from d.t where a > ''; end | drop function d.fn() | the function d.fn()",
                "15 | PUBLICATION | create publication p for table d.t (id, a) | drop publication p | the publication p",
                "15 | PUBLICATION | create publication p for table d.t where (id > 0 and a > '') with (publish = 'insert') | drop publication p | the publication p",
                "18 | GENERATED | alter table d.t add column g text generated always as (upper(a)) virtual | alter table d.t drop column g | the generated column d.t.g"
            })
    void the_same_for_what_later_releases_have(int from, String kind, String create, String drop, String says)
            throws SQLException {
        assumeTrue(Integer.parseInt(db.ask("select current_setting('server_version_num')::integer / 10000")) >= from);
        found(kind, create, drop, says);
    }

    private static void found(String kind, String create, String drop, String says) throws SQLException {
        assertThat(dependents("d.t")).isEmpty();
        db.run(create);
        try {
            assertThat(dependents("d.t").stream().filter(Dependent::blocks))
                    .singleElement()
                    .satisfies(one -> assertThat(one.words()).isEqualTo(says))
                    .satisfies(one -> assertThat(one.kind()).isEqualTo(Kind.valueOf(kind)));
        } finally {
            db.run(drop);
        }
    }

    @Test
    void what_serves_nothing_but_these_columns_goes_with_them() throws SQLException {
        db.run(
                "create index one on d.t (a); create index two on d.t (b, lower(a)) where a > ''; create statistics d.st on a, b from d.t;"
                        + " alter table d.t add constraint short check (length(a) < 100), add constraint only_once unique (b, a)");
        db.run(
                "create table d.known (a text primary key); alter table d.t add constraint known foreign key (a) references d.known");
        assertThat(dependents("d.t")).noneMatch(Dependent::blocks);
        assertThat(dependents("d.t").stream().map(Dependent::words))
                .contains(
                        "the index d.one",
                        "the index d.two",
                        "the extended statistics d.st",
                        "the constraint short on d.t",
                        "the constraint only_once on d.t",
                        "the foreign key known on d.t");
        db.run(
                "drop index d.one, d.two; drop statistics d.st; alter table d.t drop constraint short, drop constraint only_once,"
                        + " drop constraint known; drop table d.known");
    }

    @Test
    void an_identity_goes_with_its_column_and_what_is_of_other_columns_does_not_count() throws SQLException {
        db.run(
                "create view d.v as select id, other from d.t; create index ix on d.t (other); create table d.i (id integer, a integer"
                        + " generated always as identity)");
        assertThat(dependents("d.t")).isEmpty();
        assertThat(dependents("d.i")).noneMatch(Dependent::blocks);
        db.run("drop view d.v; drop index d.ix; drop table d.i");
    }

    @Test
    void what_hangs_on_a_partition_is_found_once() throws SQLException {
        db.run(
                "create table d.p1 partition of d.p for values from (0) to (10); create table d.p2 partition of d.p for values from (10) to (20)");
        db.run("create index pi on d.p (a, k); create view d.pv as select a from d.p2;"
                + " create trigger pz before update of a on d.p for each row execute function d.nothing();"
                + " alter table d.p add constraint pc check (a <> 'x' or k > 0)");
        assertThat(dependents("d.p").stream().map(Dependent::words))
                .containsExactlyInAnyOrder(
                        "the index d.pi", "the view d.pv", "the trigger pz on d.p", "the constraint pc on d.p");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plpgsql | begin return (select count(*) from D.T where T.A > ''); end | true",
                "plpgsql | begin return (select count(*) from \"d\".\"t\" where \"b\" > ''); end | true",
                "sql | select count(*) from d.t where a > '' | true",
                "sql | select count(*) from d.t where data > '' | false",
                "sql | select count(a) from d.another | false"
            })
    void a_function_is_found_by_the_words_in_its_text(String language, String text, boolean found) throws SQLException {
        db.run("set check_function_bodies = off; create function d.fn() returns bigint language " + language + " as $$"
                + text + "$$");
        assertThat(functions()).isEqualTo(found ? List.of("d.fn()") : List.of());
        db.run("drop function d.fn(); reset check_function_bodies");
    }

    // Unlike a view, it would fail with each write once the column is renamed.
    @Test
    void a_function_of_a_trigger_of_the_table_is_found_though_it_does_not_name_it() throws SQLException {
        db.run("create function d.fn() returns trigger language plpgsql as 'begin new.\"a\" := 1; return new; end'");
        assertThat(functions()).isEmpty();
        db.run("create trigger z before insert on d.t for each row execute function d.fn()");
        assertThat(functions()).containsExactly("d.fn()");
        db.run("drop trigger z on d.t; drop function d.fn()");
    }

    private static List<Dependent> dependents(String table) {
        return db.database.jdbi().withHandle(handle -> new DependentStore(handle, TableName.parse(table))
                .dependents(columns(), List.of(Identifier.of("own"))).stream()
                        .map(DependentStore.Found::dependent)
                        .toList());
    }

    private static List<String> functions() {
        return db.database.jdbi().withHandle(handle -> new DependentStore(handle, TableName.parse("d.t"))
                .functions(columns(), List.of(TableName.parse("d.nothing"))));
    }

    private static List<Identifier> columns() {
        return Stream.of("a", "b").map(Identifier::of).toList();
    }
}
