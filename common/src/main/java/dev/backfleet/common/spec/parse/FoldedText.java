package dev.backfleet.common.spec.parse;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds what YAML has changed in a text of several lines. All but {@code |} makes spaces of line breaks: then a comment of SQL
 * goes on over the next line, and a line break in a quoted text is gone.
 */
final class FoldedText {
    static final String REMEDY = "write it with |, which keeps lines";

    // Comments to the end of the line, comments in between, texts and names in quotes, texts between dollars.
    private static final Pattern PIECES = Pattern.compile(
            "(?<comment>--[^\\n]*)|/\\*.*?(?:\\*/|\\z)|(?<quoted>'(?:[^']|'')*+'|\"(?:[^\"]|\"\")*+\""
                    + "|\\$(?<tag>\\w*)\\$.*?\\$\\k<tag>\\$)",
            Pattern.DOTALL);

    private FoldedText() {}

    /**
     * What was changed, in words.
     *
     * @param text as YAML reads it
     * @param source the lines that it was read from
     */
    static Optional<String> damage(String text, List<String> source) {
        var pieces = PIECES.matcher(text);
        while (pieces.find()) {
            var comment = pieces.group("comment");
            if (comment != null && !isInOneLine(comment.strip(), source)) {
                return Optional.of("a comment runs to the end of the line, and this text has one line");
            }
            var quoted = pieces.group("quoted");
            if (quoted != null && quoted.indexOf('\n') < 0 && !isInOneLine(quoted, source)) {
                return Optional.of("a text in quotes goes over the end of a line, and YAML makes a space of that");
            }
        }
        return Optional.empty();
    }

    // In quotes of YAML, quotes are written twice or with a backslash.
    private static boolean isInOneLine(String piece, List<String> source) {
        return source.stream()
                .anyMatch(line -> line.contains(piece)
                        || line.replace("''", "'").contains(piece)
                        || line.replace("\\\"", "\"").replace("\\\\", "\\").contains(piece));
    }
}
