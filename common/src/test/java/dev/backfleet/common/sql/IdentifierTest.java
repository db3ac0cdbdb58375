package dev.backfleet.common.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.unit.BadTextException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names are read and written as in SQL. */
class IdentifierTest {
    private static final String REMEDY = "; write it as in SQL: in double quotes if it has blanks, capitals or signs";

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "id, id, id",
                "Tenant_ID, tenant_id, tenant_id",
                "_x$1, _x$1, _x$1",
                "GRÖSSE, grÖsse, grÖsse",
                "\"N n\", N n, \"N n\"",
                "\"a\"\"b\", a\"b, \"a\"\"b\"",
                "\"id\", id, id",
                "\"1st\", 1st, \"1st\"",
                "on, on, \"on\"",
                "Order, order, \"order\"",
                "orders, orders, orders",
                "\"😀\", 😀, \"😀\"",
            })
    void names_are_read_as_in_SQL_and_shown_as_short_as_possible(String written, String name, String shown) {
        assertThat(Identifier.parse(written).name()).isEqualTo(name);
        assertThat(Identifier.parse(written)).hasToString(shown);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "`` | `\"\" is empty`",
                "1st | `\"1st\" is not a name: \"1\" at character 1 cannot stand there`",
                "N n | `\"N n\" is not a name: \" \" at character 2 cannot stand there`",
                "a.b | `\"a.b\" is not a name: \".\" at character 2 cannot stand there`",
                "a-b | `\"a-b\" is not a name: \"-\" at character 2 cannot stand there`",
                "😀 | `\"😀\" is not a name: \"😀\" at character 1 cannot stand there`",
                "\"a | `\"\"a\" opens a double quote that is never closed`",
                "\"a\"b | `\"\"a\"b\" is not a name: \"b\" at character 4 cannot stand there`",
                "a\"b\" | `\"a\"b\"\" is not a name: \"\"\" at character 2 cannot stand there`",
            })
    void a_text_that_is_not_exactly_one_name_is_rejected(String written, String what) {
        assertThatThrownBy(() -> Identifier.parse(written))
                .isInstanceOf(BadTextException.class)
                .hasMessage(what + REMEDY);
    }

    @Test
    void a_name_that_the_catalog_cannot_store_is_rejected() {
        assertThat(Identifier.of("é".repeat(31) + "a").name()).hasSize(32);
        assertThatThrownBy(() -> Identifier.of("é".repeat(32)))
                .hasMessage("a name has 64 bytes, which is more than PostgreSQL's 63; "
                        + "write the name as the catalog has it, shortened to 63 bytes");
        assertThatThrownBy(() -> Identifier.parse("\"\"")).hasMessage("a name is empty; write a name");
        for (var bad : List.of("a\0b", "\ud800")) {
            assertThatThrownBy(() -> Identifier.of(bad))
                    .hasMessage("a name holds a character that PostgreSQL cannot store; take it out");
        }
    }

    @Test
    void any_name_survives_being_shown_and_being_quoted() {
        var characters = "aZ_0$ \"'.;-é日\n?".toCharArray();
        var random = new Random(42);
        for (int round = 0; round < 10_000; round++) {
            var name = new StringBuilder();
            for (int i = random.nextInt(6); i >= 0; i--) {
                name.append(characters[random.nextInt(characters.length)]);
            }
            var identifier = Identifier.of(name.toString());
            assertThat(Identifier.parse(identifier.toString())).isEqualTo(identifier);
            assertThat(Identifier.parse(identifier.quoted())).isEqualTo(identifier);
        }
    }
}
