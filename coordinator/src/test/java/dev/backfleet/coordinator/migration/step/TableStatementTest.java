package dev.backfleet.coordinator.migration.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.migration.step.TableStatement.NotTriedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which statements of a file's author can be tried on a copy of the table. */
class TableStatementTest {
    private static final TableName TABLE = TableName.parse("app.\"T t\"");

    private static String on(String statement) throws NotTriedException {
        return TableStatement.on(statement, TABLE, "pg_temp.\"T t\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alter table app.\"T t\" set (fillfactor = 70) | alter table pg_temp.\"T t\" set (fillfactor = 70)",
                "ALTER TABLE IF EXISTS ONLY App . \"T t\" ADD a int | ALTER TABLE IF EXISTS ONLY pg_temp.\"T t\" ADD a int",
                "alter table \"T t\" add a int | alter table \"T t\" add a int",
                "create unique index on app.\"T t\" (a) | create unique index on pg_temp.\"T t\" (a)",
                "create index if not exists \"on\" on only app.\"T t\" (a) | create index if not exists \"on\" on only pg_temp.\"T t\" (a)"
            })
    void a_statement_on_the_table_is_written_for_its_copy(String statement, String expected) throws NotTriedException {
        assertThat(on(statement)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alter table app.other add a int | own table",
                "alter table app.\"t T\" add a int | own table",
                "alter table \"T t\".x add a int | own table",
                "update app.\"T t\" set a = 1 | own table",
                "do $$ begin execute 'alter table app.\"T t\" add a int'; end $$ | own table",
                "create function app.f() returns int language sql as 'select 1' | own table",
                "drop index app.i | own table",
                "create index concurrently i on app.\"T t\" (a) | transaction",
                "alter table app.\"T t\" add foreign key (a) references app.o | REFERENCES",
                "alter table app.\"T t\" attach partition app.o default | ATTACH",
                "alter table app.\"T t\" inherit app.o | INHERIT",
                "alter table app.\"T t\" add a int; drop table app.o | more than one",
                "alter table | own table"
            })
    void any_other_is_not_tried(String statement, String why) {
        assertThatThrownBy(() -> on(statement))
                .isInstanceOf(NotTriedException.class)
                .hasMessageContaining(why);
    }

    @Test
    void texts_and_comments_stay_as_they_are() throws NotTriedException {
        assertThat(on("alter /* it's */ table -- 'x\n app.\"T t\" add check (app.\"T t\".a > 1 or b = 'app.\"T t\"');"))
                .isEqualTo(
                        "alter /* it's */ table -- 'x\n pg_temp.\"T t\" add check (pg_temp.\"T t\".a > 1 or b = 'app.\"T t\"');");
    }

    @Test
    void an_empty_statement_is_not_tried() {
        assertThatThrownBy(() -> on(" ")).isInstanceOf(NotTriedException.class);
    }
}
