package dev.backfleet.common.sql;

import java.util.List;
import java.util.Random;

/** Makes texts out of the pieces that lexers stumble over, put together without sense. */
final class TokenSoup {
    private static final List<String> PIECES = List.of(
            "'",
            "''",
            "\\'",
            "\\",
            "\"",
            "E'",
            "e'",
            "B'",
            "X'",
            "n'",
            "U&'",
            "u&\"",
            "$",
            "$$",
            "$a$",
            "$1",
            "$é$",
            "--",
            "-",
            "/*",
            "*/",
            "/",
            "*",
            "\n",
            "\r",
            "\t",
            " ",
            " ",
            " ",
            "\u000b",
            "\f",
            "\u00a0",
            "(",
            ")",
            "[",
            "]",
            "(",
            ")",
            "{",
            "}",
            "{fn ",
            "?",
            "??",
            "?|",
            ";",
            ",",
            ".",
            ":",
            "::",
            "=",
            "<>",
            "|",
            "&",
            "@",
            "!",
            "a",
            "e",
            "E",
            "n",
            "b",
            "x",
            "1",
            "1e",
            "0x1F",
            "é",
            "日",
            "😀",
            "_",
            "`",
            "#",
            "%",
            "^",
            "null",
            "case when a then b end",
            "returning",
            "values",
            "'a'",
            "E'a'",
            "E'\\''",
            "$$x$$",
            "/* c */",
            "--c\n",
            "\"N n\"",
            "a$b",
            "😀$$",
            "*/*",
            "//*",
            "/*/",
            "<--");

    private final Random random;

    TokenSoup(long seed) {
        random = new Random(seed);
    }

    String next() {
        var soup = new StringBuilder();
        int pieces = 1 + random.nextInt(9);
        for (int i = 0; i < pieces; i++) {
            soup.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return soup.toString();
    }
}
