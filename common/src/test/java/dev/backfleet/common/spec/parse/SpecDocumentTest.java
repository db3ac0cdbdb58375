package dev.backfleet.common.spec.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.spec.key.SpecNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written as YAML is read as the same. */
class SpecDocumentTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "'new'",
                "\"N n\"",
                "a #>> b",
                "a -- comment\n  || b",
                "  leading\nand more",
                "trailing \nblank ",
                "null",
                "~",
                "true",
                "007",
                "1e3",
                "22:00-06:00",
                "",
                " ",
                "a: b",
                "- a",
                "*a",
                "&a",
                "!a",
                "%a",
                "@a",
                "`a`",
                "a\tb",
                "ä € 𝄞",
                "a\u0085b",
                "a\u2028\nb",
                "a\r\nb",
                "x\n\n\ny",
                "--- a",
                "'it''s' || \"c\"",
                "[a",
                "{a",
                "a,",
                "\\n",
                "|",
                ">-"
            })
    void a_text_is_read_back_as_it_was(String text) {
        var tree = mapping(Map.of("a", scalar(text)));
        assertThat(shape(read(SpecDocument.yaml(tree)))).isEqualTo(shape(tree));
    }

    @Test
    void texts_made_of_the_characters_that_yaml_gives_a_meaning_are_read_back() {
        var random = new Random(16);
        var signs = "ab '\"\n:#-,[]{}|>&*!%@`~?\\\t.0$(\u0085";
        for (int i = 0; i < 5_000; i++) {
            var text = new StringBuilder();
            for (int length = random.nextInt(12); length >= 0; length--) {
                text.append(signs.charAt(random.nextInt(signs.length())));
            }
            var tree = mapping(Map.of(
                    "k" + i,
                    new SpecNode.Sequence(0, List.of(scalar(text.toString()), mapping(Map.of("x", scalar("y")))))));
            assertThat(shape(read(SpecDocument.yaml(tree)))).isEqualTo(shape(tree));
        }
    }

    @Test
    void the_example_of_a_spec_is_read_back() {
        var tree = read(SpecReference.EXAMPLE);
        var again = read(SpecDocument.yaml(tree));
        assertThat(shape(again)).isEqualTo(shape(tree));
        assertThat(SpecDocument.yaml(again)).isEqualTo(SpecDocument.yaml(tree));
    }

    private static SpecNode.Mapping read(String text) {
        return SpecDocument.read("f.yaml", text, "write something");
    }

    private static SpecNode scalar(String text) {
        return new SpecNode.Scalar(0, text, false, false);
    }

    private static SpecNode.Mapping mapping(Map<String, SpecNode> entries) {
        return new SpecNode.Mapping(0, new LinkedHashMap<>(entries));
    }

    // Without lines.
    private static Object shape(SpecNode node) {
        if (node instanceof SpecNode.Mapping mapping) {
            var entries = new LinkedHashMap<String, Object>();
            mapping.entries().forEach((key, value) -> entries.put(key, shape(value)));
            return entries;
        }
        return node instanceof SpecNode.Sequence sequence
                ? sequence.items().stream().map(SpecDocumentTest::shape).toList()
                : List.of(((SpecNode.Scalar) node).text(), ((SpecNode.Scalar) node).isNull());
    }
}
