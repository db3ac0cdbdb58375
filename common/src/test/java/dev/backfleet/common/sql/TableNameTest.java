package dev.backfleet.common.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables are named as in SQL. */
class TableNameTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "Public.Packages, public.packages, `\"public\".\"packages\"`",
                "packages, packages, \"packages\"",
                "\"My Schema\".\"T t\", \"My Schema\".\"T t\", \"My Schema\".\"T t\"",
                "\"a.b\".c, \"a.b\".c, \"a.b\".\"c\"",
                "s.\"x\"\"; drop\", s.\"x\"\"; drop\", \"s\".\"x\"\"; drop\"",
            })
    void a_table_is_named_as_in_SQL(String written, String shown, String quoted) {
        var table = TableName.parse(written);
        assertThat(table).hasToString(shown);
        assertThat(table.quoted()).isEqualTo(quoted);
        assertThat(TableName.parse(shown)).isEqualTo(table);
        assertThat(TableName.parse(quoted)).isEqualTo(table);
    }

    @Test
    void the_schema_may_be_left_out() {
        assertThat(TableName.parse("t").schema()).isEmpty();
        assertThat(TableName.parse("s.t").schema()).contains(Identifier.of("s"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "db.s.t | `\"db.s.t\" has more than two parts; write schema.table: "
                        + "the database is the one that Backfleet is connected to`",
                "s. | `\"s.\" has no name at its end; write it as in SQL: "
                        + "in double quotes if it has blanks, capitals or signs`",
                ".t | `\".t\" is not a name: \".\" at character 1 cannot stand there; write it as in SQL: "
                        + "in double quotes if it has blanks, capitals or signs`",
                "s .t | `\"s .t\" is not a name: \" \" at character 2 cannot stand there; write it as in SQL: "
                        + "in double quotes if it has blanks, capitals or signs`",
            })
    void anything_else_is_rejected(String written, String message) {
        assertThatThrownBy(() -> TableName.parse(written)).hasMessage(message);
    }
}
