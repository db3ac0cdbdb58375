package dev.backfleet.common.spec.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.reference.GeneratedPage;
import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.common.spec.key.SpecKey;
import dev.backfleet.common.spec.key.SpecKeys;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page about the spec says what the code does. */
class SpecReferenceTest {
    static Iterable<SpecKey<?>> keys() {
        return SpecKeys.ALL;
    }

    @Test
    void the_page_is_what_the_definitions_say() {
        GeneratedPage.assertCurrent("docs/reference/spec.md", SpecReference.markdown());
    }

    @ParameterizedTest
    @MethodSource("keys")
    void the_example_of_each_key_is_right_where_it_stands(SpecKey<?> key) {
        var lines = SpecKeys.ALL.stream()
                .filter(other -> other.absence().kind() == SpecKey.Kind.REFUSED)
                .filter(other -> !other.equals(SpecKeys.SET) && !other.group().equals(CopyKeys.GROUP))
                .collect(Collectors.toMap(SpecKey::path, SpecKey::written));
        if (key.group().equals(CopyKeys.GROUP)) {
            copying(key).forEach(one -> lines.merge(CopyKeys.GROUP, one, SpecReferenceTest::joined));
        } else {
            lines.put(SpecKeys.SET.path(), SpecKeys.SET.written());
        }
        // Keys of a rollout's promotion require waves.
        var waves = SpecKeys.ROLLOUT_WAVES;
        if (!key.group().equals(CopyKeys.GROUP)) {
            lines.put(
                    key.path(),
                    key.group().equals(waves.group()) && !key.equals(waves)
                            ? key.written().replace(" }", ", " + waves.leaf() + ": " + waves.example() + " }")
                            : key.written());
        }
        var spec = SpecParser.parse("example.yaml", String.join("\n", lines.values()));
        assertThat(spec.locations().lineOf(key.path())).isPresent();
    }

    // A copy has at least a table and columns.
    private static Stream<String> copying(SpecKey<?> key) {
        return Stream.of(CopyKeys.TABLE, CopyKeys.COLUMNS, key).distinct().map(SpecKey::written);
    }

    private static String joined(String group, String another) {
        return group.substring(0, group.length() - " }".length()) + ", "
                + another.substring((CopyKeys.GROUP + ": { ").length());
    }

    @Test
    void the_large_example_has_every_key_and_that_of_a_copy_all_of_its_own() {
        var locations = SpecParser.parse("example.yaml", SpecReference.EXAMPLE).locations();
        var copy = SpecParser.parse("copy.yaml", SpecReference.COPY).locations();
        assertThat(SpecKeys.ALL).allSatisfy(key -> assertThat(
                        (key.group().equals(CopyKeys.GROUP) ? copy : locations).lineOf(key.path()))
                .isPresent());
    }

    @Test
    void each_path_is_defined_once() {
        assertThat(SpecKeys.ALL).extracting(SpecKey::path).doesNotHaveDuplicates();
    }
}
