package dev.backfleet.coordinator.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.step.SqlObservation;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.migration.trial.SqlTrial;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Statements of a file's author are tried on an empty copy: their locks are seen, and the table itself stays as it is. */
@Tag("server")
class SqlTrialTest {
    private static TestDatabase db;
    private static MigrationBench bench;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        bench = new MigrationBench(db);
        db.run("create schema app; create table app.\"T t\" (id integer primary key, a text, n integer);"
                + " insert into app.\"T t\" select i, i, i from generate_series(1, 100) i;"
                + " create function app.evil() returns integer language plpgsql as"
                + " 'begin execute ''alter table app.\"T t\" add evil integer''; return 1; end';"
                + " create function app.touch() returns integer language plpgsql immutable as"
                + " 'begin return app.evil(); end'");
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    private static SqlObservation observe(String statement, @Nullable LockMode declared) {
        var element = element(statement, declared);
        var migration = MigrationBench.migration("app.\"T t\"", "a", "b", "text", List.of(element));
        return SqlTrial.of(db.database, migration, bench.shape(migration), element);
    }

    private static Element.Sql element(String statement, @Nullable LockMode declared) {
        return new Element.Sql("x", statement, "select true", Optional.empty(), Optional.ofNullable(declared));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alter table app.\"T t\" alter column a set statistics 500 | SHARE_UPDATE_EXCLUSIVE | false | false",
                "alter table \"T t\" set (fillfactor = 70) | SHARE_UPDATE_EXCLUSIVE | false | false",
                "alter table app.\"T t\" alter column b set storage main | ACCESS_EXCLUSIVE | false | false",
                "alter table app.\"T t\" alter column n type bigint | ACCESS_EXCLUSIVE | true | true",
                "alter table app.\"T t\" alter column a type varchar | ACCESS_EXCLUSIVE | false | false",
                "alter table app.\"T t\" alter column n set not null | ACCESS_EXCLUSIVE | false | true",
                "alter table app.\"T t\" add check (n > 0) | ACCESS_EXCLUSIVE | false | true",
                "alter table app.\"T t\" add check (n > 0) not valid | ACCESS_EXCLUSIVE | false | false",
                "alter table app.\"T t\" add column c uuid default gen_random_uuid() | ACCESS_EXCLUSIVE | true | true",
                "create index on app.\"T t\" (n) | SHARE | false | true"
            })
    void its_lock_and_what_it_does_under_it_are_observed(
            String statement, LockMode lock, boolean rewritten, boolean scanned) throws SQLException {
        var before = bench.catalog("app");
        assertThat(observe(statement, null))
                .isEqualTo(new SqlObservation(Optional.empty(), Optional.of(lock), rewritten, scanned));
        assertThat(bench.catalog("app")).isEqualTo(before);
        assertThat(db.column("select relname from pg_class where relpersistence = 't' and relkind = 'r'"))
                .isEmpty();
    }

    @Test
    void what_is_worse_than_declared_is_told() {
        var rewrite = "alter table app.\"T t\" alter column n type bigint";
        assertThat(observe(rewrite, LockMode.SHARE_UPDATE_EXCLUSIVE)
                        .undeclared(element(rewrite, LockMode.SHARE_UPDATE_EXCLUSIVE)))
                .containsExactly(
                        "it takes the lock ACCESS EXCLUSIVE, and SHARE UPDATE EXCLUSIVE is declared",
                        "it stores the whole table anew, and the application waits meanwhile");
        var scan = "alter table app.\"T t\" alter column n set not null";
        assertThat(observe(scan, LockMode.ACCESS_EXCLUSIVE).undeclared(element(scan, LockMode.ACCESS_EXCLUSIVE)))
                .containsExactly("it reads the whole table, and the application waits meanwhile");
        var harmless = "alter table app.\"T t\" alter column n set statistics 7";
        assertThat(observe(harmless, LockMode.ACCESS_EXCLUSIVE)
                        .undeclared(element(harmless, LockMode.ACCESS_EXCLUSIVE)))
                .isEmpty();
    }

    // The copy cannot stand in for the name in the function's text; the lock of the other session can.
    @Test
    void a_statement_that_reaches_the_table_itself_in_spite_of_all_fails_at_once() throws SQLException {
        var before = bench.catalog("app");
        assertThat(observe("alter table app.\"T t\" add check (app.touch() = 1)", null)
                        .untried())
                .contains("it reaches the table itself, where an empty copy cannot stand in for it");
        assertThat(bench.catalog("app")).isEqualTo(before);
    }

    @Test
    void a_statement_that_postgresql_rejects_on_the_copy_or_that_is_no_definition_was_not_tried() {
        assertThat(observe("alter table app.\"T t\" drop column none", null).untried())
                .hasValueSatisfying(
                        why -> assertThat(why).contains("column \"none\" of relation \"T t\" does not exist"));
        assertThat(observe("vacuum app.\"T t\"", null).untried()).isPresent();
    }

    @Test
    void while_the_definition_is_being_changed_nothing_is_tried() throws SQLException {
        try (var other = db.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("lock table app.\"T t\" in share update exclusive mode");
            assertThat(observe("alter table app.\"T t\" add column c integer", null)
                            .untried())
                    .contains("another session is changing the definition of the table, or vacuums it");
        }
    }
}
