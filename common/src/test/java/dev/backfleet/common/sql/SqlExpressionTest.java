package dev.backfleet.common.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.unit.BadTextException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which expressions pass, and what is said about those that do not. */
class SqlExpressionTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n + 1",
                "case when full_name like '@%/%' then split_part(full_name, '/', 1) else '' end",
                "'it''s; -- no comment /* none */'",
                "E'it\\'s; \\\\'",
                "E'it''s\\n'",
                "e'a' || E'b'",
                "U&'d\\0061t' uescape '\\'",
                "B'101' || X'1F'::bit(8)",
                "$$it's; ) $1 $$ || $Tag_1$ $$ ; $Tag_1$",
                "\"Odd \"\" ; name\" || a$b || größe",
                "date'2020-01-01' + interval'1 day'",
                "a /* ; /* nested ) */ ' */ + 1",
                "a -- to the end; ' (",
                "--first\na",
                "array[1, 2][1] + (array[[1], [2]])[1][1]",
                "doc @> '{\"a\": 1}' and doc ?| array['a'] and t::text <> 'x'",
                "(select max(x) from t where t.id = id)",
                "a\r\n+\r\nb",
                "1e5 + 0x1F + 1.5 + .5"
            })
    void a_single_expression_passes_as_it_is(String text) {
        assertThat(SqlExpression.parse(text).text()).isEqualTo(text);
    }

    @Test
    void question_marks_are_doubled_for_pgjdbc_but_not_in_quotes_and_comments() {
        var expression = SqlExpression.parse("a ? '?' and b ?& c /* ? */ and \"?\" @?? $$?$$ and E'?' -- ?");
        assertThat(expression.jdbcText()).isEqualTo("a ?? '?' and b ??& c /* ? */ and \"?\" @???? $$?$$ and E'?' -- ?");
    }

    @Test
    void a_comment_at_the_end_cannot_swallow_the_closing_parenthesis() {
        assertThat(SqlExpression.parse("a --x").jdbcParenthesized()).isEqualTo("(a --x\n)");
    }

    @Test
    void expressions_are_equal_if_their_texts_are() {
        assertThat(SqlExpression.parse("a + 1"))
                .isEqualTo(SqlExpression.parse("a + 1"))
                .hasSameHashCodeAs(SqlExpression.parse("a + 1"))
                .isNotEqualTo(SqlExpression.parse("a+1"))
                .hasToString("a + 1");
    }

    static Stream<Arguments> refused() {
        var unclosed = " is never closed; close it; write a quote inside of quotes twice";
        var statements = " is not allowed here; write one expression, not statements";
        return Stream.of(
                Arguments.of("", "the expression is empty; write an SQL expression over the row's columns"),
                Arguments.of(" \n\t", "the expression is empty; write an SQL expression over the row's columns"),
                Arguments.of(
                        "/* a */ --b", "there is nothing but comments; write an SQL expression over the row's columns"),
                Arguments.of("a\0", "a NUL at character 2 is not allowed here; take it out"),
                Arguments.of("'\ud800'", "half of a surrogate pair cannot be sent to PostgreSQL; take it out"),
                Arguments.of("1; drop table t", "\";\" at character 2" + statements),
                Arguments.of("1;", "\";\" at character 2" + statements),
                Arguments.of("'a\\'; drop table t; --'", "\";\" at character 5" + statements),
                Arguments.of("a -- '\n; drop table t -- '", "\";\" at character 8" + statements),
                Arguments.of(
                        "/* /* */ a",
                        "the comment at character 1 is never closed; " + "end it, and each that it contains, with */"),
                Arguments.of("a /*/ */ b", "the comment at character 3 starts with /*/; put a blank after /*"),
                Arguments.of("'a", "the quote at character 1" + unclosed),
                Arguments.of("a || 'it's'", "the quote at character 11" + unclosed),
                Arguments.of("\"a", "the quote at character 1" + unclosed),
                Arguments.of("E'a\\'", "the quote at character 2" + unclosed),
                Arguments.of("E'a\\", "the quote at character 2" + unclosed),
                Arguments.of("(a", "\"(\" at character 1 is never closed; close it"),
                Arguments.of("a[f(1]", "\"]\" at character 6 does not close \"(\" at character 4; close them in order"),
                Arguments.of("a)", "\")\" at character 2 closes nothing; remove it or open it before"),
                Arguments.of("a), (b", "\")\" at character 2 closes nothing; remove it or open it before"),
                Arguments.of(
                        "a, b",
                        "\",\" at character 2 is not allowed here; " + "write one expression; a row value is row(...)"),
                Arguments.of(
                        "a = $1",
                        "a parameter at character 5 is not allowed here; "
                                + "an expression has none: write the value itself"),
                Arguments.of(
                        "a $ b",
                        "\"$\" at character 3 starts no dollar quote; " + "write $$text$$, $tag$text$tag$ or 'text'"),
                Arguments.of("$a$ x $b$", "the dollar quote at character 1 is never closed; end it with $a$"));
    }

    static Stream<Arguments> readInTwoWays() {
        return Stream.of(
                Arguments.of(
                        "$$a$$$$b$$",
                        "the dollar quote at character 6 directly follows something else; " + "put a blank before it"),
                Arguments.of("1$$;$$", "\"$\" at character 2 follows a number; put a blank before it"),
                Arguments.of("1E'\\'", "the quote at character 3 follows a number; put a blank before it"),
                Arguments.of(
                        "'a'E'\\''",
                        "the string at character 4 directly follows something else; " + "put a blank before it"),
                Arguments.of(
                        "E'a''b\\'; drop table t; --'",
                        "the E'' string at character 1 has both '' and \\'; " + "write each quote inside of it as \\'"),
                Arguments.of(
                        "E'a' --c\n 'b\\'; drop table t; --'",
                        "the E'' string at character 1 "
                                + "is continued by another string; write it as one, or join with ||"),
                Arguments.of(
                        "{fn now()}",
                        "\"{\" at character 1 is not allowed here; "
                                + "JDBC would read it as an escape: put it in quotes"),
                Arguments.of(
                        "a }",
                        "\"}\" at character 3 is not allowed here; "
                                + "JDBC would read it as an escape: put it in quotes"),
                Arguments.of(
                        "a\u00a0+ 1",
                        "the character U+00A0 at character 2 cannot stand outside of quotes; "
                                + "put names that have it in double quotes, texts in single quotes"),
                Arguments.of(
                        "😀$$;$$",
                        "the character U+1F600 at character 1 cannot stand outside of quotes; "
                                + "put names that have it in double quotes, texts in single quotes"),
                Arguments.of(
                        "a \\ b",
                        "the character U+005C at character 3 cannot stand outside of quotes; "
                                + "put names that have it in double quotes, texts in single quotes"));
    }

    @ParameterizedTest
    @MethodSource({"refused", "readInTwoWays"})
    void anything_else_is_rejected_with_its_position(String text, String message) {
        assertThatThrownBy(() -> SqlExpression.parse(text))
                .isInstanceOf(BadTextException.class)
                .hasMessage(message);
    }

    @Test
    void its_names_are_those_that_the_catalog_would_have_and_nothing_of_its_texts() {
        assertThat(SqlExpression.parse(
                                "UPPER(\"Source\" || t.Kind || \"a\"\"b\") || 'text' || $$more$$ || E'x\\n' /* why */ -- so\n")
                        .names())
                .containsExactlyInAnyOrder("upper", "Source", "t", "kind", "a\"b");
    }

    @Test
    void a_name_before_a_parenthesis_is_a_call_and_any_other_one_a_reference() {
        var expression = SqlExpression.parse(
                "lower(lower) || shop . \"Round\" /* up */ (amount + 1) || (now) || E'x (' || now ()");
        assertThat(expression.calls()).containsExactlyInAnyOrder("lower", "Round", "now");
        assertThat(expression.references()).containsExactlyInAnyOrder("lower", "shop", "amount", "now");
        assertThat(SqlExpression.parse("amount").references()).containsExactly("amount");
    }

    @Test
    void a_qualifier_is_no_value_and_a_row_as_a_whole_is_one() {
        assertThat(SqlExpression.parse("t.a || \"T\" . \"b c\" || lower(s.t.d)").values())
                .containsExactlyInAnyOrder("a", "b c", "d");
        for (var whole : List.of("t is null", "f(t)", "t.*", "(t).a", "row_to_json(t . * )", "a = t")) {
            assertThat(SqlExpression.parse(whole).values()).as(whole).contains("t");
        }
    }

    @Test
    void the_name_of_a_type_is_no_reference() {
        var expression = SqlExpression.parse(
                "day::date || cast(hour as public.\"time\") || a :: s.t[] || b::int4range || date '2026-01-01' || (x).date::text");
        assertThat(expression.references())
                .contains("day", "hour", "a", "b", "x", "date")
                .doesNotContain("text", "time");
        assertThat(SqlExpression.parse("a::date || b::public.mood || cast(c as date) || time '10:00'")
                        .references())
                .doesNotContain("date", "mood", "public", "time")
                .contains("a", "b", "c");
        assertThat(SqlExpression.parse("a::date || date").references()).contains("date");
        assertThat(SqlExpression.parse("a::numeric(10, 2)").calls()).isEmpty();
        assertThat(SqlExpression.parse("a::public.mood").names()).contains("public", "mood");
    }
}
