package dev.backfleet.common.postgres.statement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which parts of a statement are parameters. */
class ParameterParserTest {
    private static List<String> parameters(String sql) {
        return ParameterParser.parse(sql).getParameters().getParameterNames();
    }

    @Test
    void a_parameter_becomes_the_drivers_mark_wherever_it_stands() {
        var parsed = ParameterParser.parse("select :a, f(:b_2)::text[:a] where x=:a");
        assertThat(parsed.getSql()).isEqualTo("select ?, f(?)::text[?] where x=?");
        assertThat(parsed.getParameters().getParameterNames()).containsExactly("a", "b_2", "a", "a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select x::text, '12:30'::time, a[1:2], a[:1]",
                "select ':a', 'it''s :a', E'\\':a', e'\\\\', U&\":a\", \"a\"\":a\"",
                "select 1 -- it's :a",
                "select /* ' :a /* :a */ :a */ 1",
                "select $$ :a ' $$, $t$ $$ :a $t$, $1, a$b$c",
                "select 'unfinished :a",
                "select $$ unfinished :a",
                "select /* unfinished :a",
                "select 1 :",
                ""
            })
    void what_only_looks_like_one_stays(String sql) {
        assertThat(ParameterParser.parse(sql).getSql()).isEqualTo(sql);
        assertThat(parameters(sql)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'x':a",
                "\"x\":a",
                "-- it's\n:a",
                "/* ' */:a",
                "$$'$$:a",
                "E'\\'':a",
                "case'\\':a",
                "name$:a",
                "1::int+:a"
            })
    void one_behind_a_string_or_a_comment_is_found(String sql) {
        assertThat(parameters(sql)).containsExactly("a");
    }

    @Test
    void a_question_mark_is_one_outside_of_strings() {
        var parsed = ParameterParser.parse("select ?, '?', ?");
        assertThat(parsed.getSql()).isEqualTo("select ?, '?', ?");
        assertThat(parsed.getParameters().isPositional()).isTrue();
        assertThat(parsed.getParameters().getParameterCount()).isEqualTo(2);
        assertThat(parameters("select '?'")).isEmpty();
    }
}
