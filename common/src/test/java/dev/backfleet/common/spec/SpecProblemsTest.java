package dev.backfleet.common.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.spec.parse.SpecParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every mistake in a spec, and its complete message. */
class SpecProblemsTest {
    private static final String LEAST = "name: n1\ntable: t\nset: { a: b }\n";

    /** A case per paragraph: a file, in which {@code ...} is three lines that are right, and what is said of it. */
    static Stream<String> problems() throws IOException {
        try (var table = SpecProblemsTest.class.getResourceAsStream("problems.txt")) {
            if (table == null) {
                throw new IllegalStateException("problems.txt is missing");
            }
            return Arrays.stream(new String(table.readAllBytes(), StandardCharsets.UTF_8).split("\n\n"));
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void one_message_names_file_line_key_problem_and_remedy(String paragraph) {
        var parts = paragraph.strip().split("\n=> ", 2);
        assertThatThrownBy(() -> SpecParser.parse("f.yaml", parts[0].replace("...\n", LEAST)))
                .isInstanceOf(SpecException.class)
                .hasMessage("f.yaml" + parts[1]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# only a comment\n", "---\n", "null", "~"})
    void an_empty_file_is_no_spec(String text) {
        assertThatThrownBy(() -> SpecParser.parse("f.yaml", text))
                .isInstanceOf(SpecException.class)
                .hasMessage("f.yaml: the file is empty; a spec has at least name, table and set");
    }

    @Test
    void a_huge_file_is_not_even_read() {
        assertThatThrownBy(() -> SpecParser.parse("f.yaml", "é".repeat(512 * 1024) + "\0"))
                .hasMessage("f.yaml: the file is larger than 1 MiB; write a shorter one");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "`` | `f.json: the file is empty; a spec has at least name, table and set`",
                "{\"name\": \"n1\" | `f.json:1:14: not valid JSON: Unexpected end-of-input: expected close marker for Object; "
                        + "correct the syntax\n  {\"name\": \"n1\"\n               ^`",
                "{\"name\": \"n1\", \"name\": \"n2\"} | `f.json:1: name: is written twice, first in line 1; remove one of them`",
                "{} {} | `f.json:1: a second document begins here; put each into a file of its own`",
                "{\"name\": \"n1\", \"table\": \"t\", \"set\": {\"a\": \"f(\"}} | "
                        + "`f.json:1: set.a: \"(\" at character 2 is never closed; close it`",
                "{\"name\": \"n1\", \"table\": null, \"set\": {\"a\": \"b\"}} | "
                        + "`f.json:1: table: has no value; write it like table: public.packages`",
                "{\"name\": {\"a\": [{}]}, \"table\": \"t\"} | "
                        + "`f.json:1: name: is a group of keys, not a single value; write it like name: split-package-names`",
            })
    void JSON_gets_the_same_messages(String text, String message) {
        assertThatThrownBy(() -> SpecParser.parse("f.json", text))
                .isInstanceOf(SpecException.class)
                .hasMessage(message);
    }

    @Test
    void a_problem_can_be_taken_apart() {
        assertThatThrownBy(() -> SpecParser.parse("f.yaml", LEAST + "batch: { duration: 100 }"))
                .isInstanceOfSatisfying(SpecException.class, e -> assertThat(e.problem())
                        .isEqualTo(new SpecProblem(
                                "f.yaml",
                                OptionalInt.of(4),
                                "batch.duration",
                                "\"100\" has no unit",
                                "write 100ms, 2s or 1m")));
    }
}
