package dev.backfleet.coordinator.screen;

import java.util.ArrayList;
import java.util.List;

/** Makes text safe for a screen: names and messages from elsewhere must not break lines or send control sequences. */
final class PlainText {
    private PlainText() {}

    /** Replaces control characters by blanks. */
    static String onOneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }

    static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The first characters of the text, as many as fit. */
    static String first(int columns, String text) {
        return width(text) <= columns ? text : text.substring(0, text.offsetByCodePoints(0, columns));
    }

    /** The text in so many lines of a width at most; the last one ends with an ellipsis if some text is missing. */
    static List<String> wrap(String text, int columns, int most) {
        var lines = wrap(text, columns);
        if (lines.size() <= most) {
            return lines;
        }
        var shown = new ArrayList<>(lines.subList(0, most));
        var last = shown.get(most - 1);
        shown.set(most - 1, (width(last) < columns ? last : first(columns - 1, last)) + "…");
        return shown;
    }

    /** The text in lines of a width, broken at blanks if possible. */
    static List<String> wrap(String text, int columns) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (var word : onOneLine(text).strip().split(" +")) {
            if (!line.isEmpty() && width(line.toString()) + 1 + width(word) > columns) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
            while (width(line.toString()) > columns) {
                var part = first(columns, line.toString());
                lines.add(part);
                line.delete(0, part.length());
            }
        }
        lines.add(line.toString());
        return lines;
    }
}
