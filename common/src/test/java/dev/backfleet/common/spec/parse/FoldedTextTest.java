package dev.backfleet.common.spec.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.spec.SpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text of SQL whose meaning YAML would change is rejected with its line. */
class FoldedTextTest {
    private static final String HEAD = "name: n\ntable: t\n";
    private static final String COMMENT =
            "an SQL comment runs to the end of the line, and YAML joins this text into one line; write it with |";
    private static final String QUOTES = "a quoted text contains a line break, and YAML turns that into a space";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set:\n  total: >-\n    price * qty      -- net\n    + ship\n",
                "set:\n  total: >\n    price * qty -- net\n    + ship\n",
                "set:\n  total: price * qty      -- net\n    + ship\n",
                "set:\n  total: 'price * qty -- net\n    + ship'\n",
                "set:\n  total: \"price * qty -- net\n    + ship\"\n",
                "set:\n  total: \"price * qty -- net\\\n    + ship\"\n",
                "set:\n  total: >-\n    case when k = '--' then 1 -- one\n    else 2 end\n",
                "set:\n  total: >-\n    a - /* -- */ b -- c\n    + d\n",
                "set: { a: b }\nwhere: >-\n  a is null -- old\n  and b > 0\n",
                "set: { a: b }\nthrottle:\n  probe: >-\n    select 1 -- one\n    from t\n",
                "set: { a: b }\nthrottle:\n  sql:\n  - name: q\n    soft: 1\n    query: >-\n      select 1 -- one\n      from t\n"
            })
    void a_comment_that_would_swallow_the_next_line_is_rejected(String rest) {
        assertThatThrownBy(() -> SpecParser.parse("f.yaml", HEAD + rest))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining(COMMENT)
                .hasMessageMatching("f.yaml:[0-9]+: [\\s\\S]*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set:\n  total: >-\n    'one\n    two'\n",
                "set:\n  total: concat('one\n    two', b)\n",
                "set:\n  total: >-\n    $$one\n    two$$\n",
                "set:\n  total: 'a || ''one\n    two'''\n"
            })
    void a_quoted_text_that_would_lose_a_line_break_is_rejected(String rest) {
        assertThatThrownBy(() -> SpecParser.parse("f.yaml", HEAD + rest)).hasMessageContaining(QUOTES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set:\n  total: |\n    price * qty      -- net\n    + ship\n",
                "set:\n  total: |-\n    price * qty -- net\n    + 'a\n    b'\n",
                "set:\n  total: >-\n    price * qty\n    + ship -- gross\n",
                "set:\n  total: >-\n    price * qty -- net\n\n    + ship\n",
                "set:\n  total: >-\n    case when a = '--' then 1\n    else 2 end\n",
                "set:\n  total: a - -1\n    + b\n",
                "set:\n  total: 'case when a = ''it''''s'' then 1\n    else 2 end'\n",
                "set:\n  total: \"price -- net\\n + ship\"\n"
            })
    void what_keeps_its_meaning_is_taken(String rest) {
        assertThat(SpecParser.parse("f.yaml", HEAD + rest).spec().change().set())
                .hasSize(1);
    }

    @Test
    void in_json_a_text_is_what_it_is() {
        var spec = "{\"name\": \"n\", \"table\": \"t\", \"set\": {\"a\": \"b -- c\\n + d\"}}";
        assertThat(SpecParser.parse("f.json", spec).spec().change().set()).hasSize(1);
    }
}
