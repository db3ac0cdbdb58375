package dev.backfleet.common.spec;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a spec, where, and what to do about it.
 *
 * @param file the file's name, as the person gave it
 * @param line the line, counted from 1, if it is known
 * @param key the key's path ({@code batch.duration}); empty if the problem concerns the whole file
 * @param what what is wrong, as a clause
 * @param remedy what to do, as a clause
 * @param excerpt the line of the file with the place in it; null if the key is enough to find it
 */
public record SpecProblem(
        String file,
        OptionalInt line,
        String key,
        String what,
        String remedy,
        @Nullable Excerpt excerpt) {

    /** A problem with a key. */
    public SpecProblem(String file, OptionalInt line, String key, String what, String remedy) {
        this(file, line, key, what, remedy, null);
    }

    /** The message: one line, and the excerpt below it if there is one. */
    public String message() {
        var place = line.isPresent() ? file + ":" + line.getAsInt() : file;
        var column = excerpt == null ? "" : ":" + excerpt.column();
        return place + column + ": " + (key.isEmpty() ? "" : key + ": ") + what + "; " + remedy
                + (excerpt == null ? "" : excerpt.shown());
    }

    /**
     * A line of the file, and a place in it.
     *
     * @param text the line
     * @param column the place, in characters from 1; one behind the last character is the end of the line
     */
    public record Excerpt(String text, int column) {
        private static final int BEFORE = 60;
        private static final int AFTER = 20;

        private String shown() {
            var end = text.offsetByCodePoints(0, Math.min(column - 1, text.codePointCount(0, text.length())));
            var from = Math.max(0, end - BEFORE);
            var to = Math.min(text.length(), end + AFTER);
            var before = (from > 0 ? "…" : "") + text.substring(from, end);
            // Tabs stay, so that the mark is below its place whatever their width.
            var blanks = before.codePoints()
                    .map(c -> c == '\t' ? c : ' ')
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
            return "\n  " + before + text.substring(end, to) + (to < text.length() ? "…" : "") + "\n  " + blanks + "^";
        }
    }
}
