package dev.backfleet.common.spec.parse;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds damage that YAML does to a text of several lines. Every style but {@code |} turns line breaks into spaces: an
 * SQL comment then swallows the next line, and a line break in a quoted text is lost.
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
     * The damage, in words; empty if there is none.
     *
     * @param text as YAML reads it
     * @param source the lines of the file
     */
    static Optional<String> damage(String text, List<String> source) {
        var pieces = PIECES.matcher(text);
        while (pieces.find()) {
            var comment = pieces.group("comment");
            if (comment != null && !isInOneLine(comment.strip(), source)) {
                return Optional.of(
                        "an SQL comment runs to the end of the line, and YAML joins this text into one line");
            }
            var quoted = pieces.group("quoted");
            if (quoted != null && quoted.indexOf('\n') < 0 && !isInOneLine(quoted, source)) {
                return Optional.of("a quoted text contains a line break, and YAML turns that into a space");
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
