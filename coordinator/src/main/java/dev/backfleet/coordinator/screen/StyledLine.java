package dev.backfleet.coordinator.screen;

import java.util.ArrayList;
import java.util.List;

/** One line of a screen, in pieces with styles; what does not fit the width is cut off. */
final class StyledLine {
    private static final String CUT = "…";

    private final List<Piece> pieces = new ArrayList<>();

    static StyledLine of(String text) {
        return new StyledLine().add(text);
    }

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

    private int width() {
        return pieces.stream().mapToInt(piece -> PlainText.width(piece.text)).sum();
    }

    private record Piece(Style style, String text) {}
}
