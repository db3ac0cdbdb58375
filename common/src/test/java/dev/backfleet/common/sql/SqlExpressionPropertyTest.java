package dev.backfleet.common.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.unit.BadTextException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.core.Parser;

/** Whatever passes is one expression: to an independent checker, and to pgjdbc's own parser. */
class SqlExpressionPropertyTest {
    private static final int ROUNDS = 150_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 20_26, 987_654_321})
    void what_passes_is_one_expression_to_PostgreSQL_and_reaches_it_unchanged_through_pgjdbc(long seed)
            throws Exception {
        var soup = new TokenSoup(seed);
        int passed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var text = soup.next();
            var expression = parse(text);
            if (expression.isPresent()) {
                passed++;
                check(text, expression.get());
            }
        }
        assertThat(passed).as("texts that pass, seed %d", seed).isGreaterThan(ROUNDS / 100);
    }

    @Test
    void a_text_that_is_cut_anywhere_passes_only_if_what_is_left_is_one_expression() throws Exception {
        var whole = "coalesce(E'it\\'s', $tag$ a ' b $tag$, \"N \"\"n\", 'x''y' /* /* ' */ */, arr[1 + (2)]) -- ' end";
        for (int from = 0; from < whole.length(); from++) {
            for (int to = from + 1; to <= whole.length(); to++) {
                var text = whole.substring(from, to);
                var expression = parse(text);
                if (expression.isPresent()) {
                    check(text, expression.get());
                }
            }
        }
    }

    @Test
    void sensible_expressions_pass_with_any_blanks_and_comments_between_their_tokens() throws Exception {
        var tokens = List.of(
                "case", "when", "a", "=", "E'\\''", "then", "(", "b", "?", "'k'", ")", "else", "$q$;$q$", "end");
        var between = List.of(" ", "\n", "\t", " /* ; ' */ ", " --;'\n", " /* /* ) */ */ ");
        var random = new Random(7);
        for (int round = 0; round < 1_000; round++) {
            var text = new StringBuilder();
            tokens.forEach(token -> text.append(token).append(between.get(random.nextInt(between.size()))));
            check(text.toString(), SqlExpression.parse(text.toString()));
        }
    }

    private static Optional<SqlExpression> parse(String text) {
        try {
            return Optional.of(SqlExpression.parse(text));
        } catch (BadTextException refused) {
            return Optional.empty();
        }
    }

    private static void check(String text, SqlExpression expression) throws Exception {
        assertThat(expression.text()).isEqualTo(text);
        assertThat(ExpressionOracle.isOneParenthesizedExpression("(" + text + "\n)"))
                .as("one expression: <%s>", text)
                .isTrue();
        var sent = "select " + expression.jdbcParenthesized() + " where ? = 1; select 2";
        assertThat(Parser.replaceProcessing(sent, true, true))
                .as("no JDBC escape in <%s>", text)
                .isEqualTo(sent);
        assertThat(Parser.parseJdbcSql(sent, true, true, true, false, true))
                .as("pgjdbc's view of <%s>", text)
                .extracting(query -> query.nativeSql)
                .containsExactly("select (" + text + "\n) where $1 = 1", " select 2");
    }
}
