package dev.backfleet.coordinator.migration.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.sql.Identifier;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The names that old columns bear until they are dropped. */
class DeprecatedNamesTest {

    @Test
    void a_name_that_fits_is_kept_whole() {
        assertThat(of(List.of("full_name"))).containsExactly("old_full_name_deprecated");
        var longest = "x".repeat(48);
        assertThat(of(List.of(longest))).containsExactly("old_" + longest + "_deprecated");
    }

    @Test
    void a_name_that_is_taken_gets_a_number() {
        assertThat(of(List.of("a"), "old_a_deprecated", "old_a_2_deprecated")).containsExactly("old_a_3_deprecated");
    }

    @Test
    void two_columns_with_the_same_first_bytes_keep_apart() {
        var same = "y".repeat(62);
        assertThat(of(List.of(same + "1", same + "2")))
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(name).startsWith("old_yyyy").endsWith("_deprecated"))
                .allSatisfy(name -> assertThat(bytes(name)).isLessThanOrEqualTo(63));
    }

    // Cut between two bytes of a character, it would be no text.
    @Test
    void a_character_of_several_bytes_is_kept_whole_or_left_out() {
        for (var shift = 0; shift < 4; shift++) {
            for (var character : List.of("ë", "€", "\uD83D\uDE80")) {
                var column = "a".repeat(shift) + character.repeat((63 - shift) / bytes(character));
                var name = of(List.of(column)).get(0);
                assertThat(bytes(name)).isBetween(60, 63);
                assertThat(name).doesNotContain("\uFFFD", "?");
                var kept = name.substring("old_".length(), name.length() - "_12345678_deprecated".length());
                assertThat(column).startsWith(kept);
                assertThat(column.codePointCount(0, column.length()) - kept.codePointCount(0, kept.length()))
                        .isPositive();
                assertThat(new String(kept.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                        .isEqualTo(kept);
            }
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static List<String> of(List<String> columns, String... taken) {
        return DeprecatedNames.of(
                        columns.stream().map(Identifier::of).toList(),
                        Stream.concat(columns.stream(), Stream.of(taken))
                                .map(Identifier::of)
                                .toList())
                .values()
                .stream()
                .map(Identifier::name)
                .toList();
    }
}
