package dev.backfleet.coordinator.screen;

import java.util.ArrayList;
import java.util.List;

/** One line of a screen, in pieces with styles; what does not fit the width is cut off, or goes on in further lines. */
final class StyledLine {
    private static final String CUT = "…";

    private final List<Piece> pieces = new ArrayList<>();

    static StyledLine of(Style style, String text) {
        return new StyledLine().add(style, text);
    }

    StyledLine add(String text) {
        return add(Style.PLAIN, text);
    }

    StyledLine add(Style style, String text) {
        pieces.add(new Piece(style, PlainText.onOneLine(text)));
        return this;
    }

    /** The line as it is printed. */
    String render(TerminalCapabilities look) {
        var fits = width() <= look.columns();
        var left = fits ? look.columns() : look.columns() - 1;
        var line = new StringBuilder();
        for (var piece : pieces) {
            var text = PlainText.first(left, piece.text);
            left -= PlainText.width(text);
            line.append(look.colour() && !text.isEmpty() ? piece.style.paint(text) : text);
        }
        return fits ? line.toString() : line + CUT;
    }

    /**
     * The line as it is printed in several lines, broken at blanks if possible; what does not fit the last one is cut off.
     *
     * @param indent how many blanks are before each line but the first
     * @param most how many lines at most
     */
    List<String> render(TerminalCapabilities look, int indent, int most) {
        var lines = new ArrayList<String>();
        var rest = this;
        while (lines.size() < most - 1 && rest.width() > look.columns()) {
            var at = rest.breakAt(look.columns());
            lines.add(rest.part(0, at).render(look));
            rest = new StyledLine()
                    .add(" ".repeat(indent))
                    .followedBy(rest.part(at, rest.width()).stripped());
        }
        lines.add(rest.render(look));
        return lines;
    }

    // Behind the last blank that fits, unless only the indentation is before it.
    private int breakAt(int columns) {
        var text = new StringBuilder();
        pieces.forEach(piece -> text.append(piece.text));
        var points = text.codePoints().toArray();
        var first = 0;
        while (first < points.length && points[first] == ' ') {
            first++;
        }
        for (var at = columns; at > first; at--) {
            if (points[at] == ' ') {
                return at;
            }
        }
        return columns;
    }

    private StyledLine part(int from, int to) {
        var part = new StyledLine();
        var before = 0;
        for (var piece : pieces) {
            var width = PlainText.width(piece.text);
            var begin = Math.max(0, Math.min(width, from - before));
            var end = Math.max(0, Math.min(width, to - before));
            if (begin < end) {
                part.add(
                        piece.style,
                        piece.text.substring(
                                piece.text.offsetByCodePoints(0, begin), piece.text.offsetByCodePoints(0, end)));
            }
            before += width;
        }
        return part;
    }

    private StyledLine stripped() {
        var blanks = 0;
        for (var piece : pieces) {
            for (var c : piece.text.toCharArray()) {
                if (c != ' ') {
                    return part(blanks, width());
                }
                blanks++;
            }
        }
        return new StyledLine();
    }

    StyledLine followedBy(StyledLine other) {
        pieces.addAll(other.pieces);
        return this;
    }

    private int width() {
        return pieces.stream().mapToInt(piece -> PlainText.width(piece.text)).sum();
    }

    private record Piece(Style style, String text) {}
}
