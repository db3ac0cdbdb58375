package dev.backfleet.coordinator.screen;

import java.io.PrintWriter;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Draws lines repeatedly in the same place of a terminal. Each drawing is one write, and overwrites line by line instead of
 * clearing first, to avoid flicker. The last drawing stays when it is closed. When the window becomes narrower, terminals break
 * the lines that are there: the next drawing begins where these begin.
 */
public final class LiveScreen implements AutoCloseable {
    private static final String HIDE_CURSOR = "\u001b[?25l";
    private static final String SHOW_CURSOR = "\u001b[?25h";
    /** A line that is too long, after the window has become narrower, must not wrap. */
    private static final String NO_WRAP = "\u001b[?7l";

    private static final String WRAP = "\u001b[?7h";
    private static final String REST_OF_LINE = "\u001b[K";
    private static final String REST_OF_SCREEN = "\u001b[J";

    private static final Pattern STYLE = Pattern.compile("\u001b\\[[0-9;]*m");

    private final PrintWriter out;
    private List<Integer> widths = List.of();
    private int lastColumns = Integer.MAX_VALUE;
    private boolean open;

    public LiveScreen(PrintWriter out) {
        this.out = out;
    }

    /**
     * Draws the lines over those of the last drawing. There must be fewer than the terminal has rows.
     *
     * @param columns the terminal's width now
     */
    public void draw(List<String> lines, int columns) {
        var drawing = new StringBuilder();
        if (!open) {
            drawing.append(HIDE_CURSOR).append(NO_WRAP);
            open = true;
        }
        drawing.append('\r');
        var height = widths.stream()
                .mapToInt(width -> Math.max(1, (width + columns - 1) / columns))
                .sum();
        if (height > 0) {
            drawing.append("\u001b[").append(height).append('A');
        }
        lines.forEach(line -> drawing.append(overwriting(line, columns)).append('\n'));
        drawing.append(REST_OF_SCREEN);
        lastColumns = columns;
        widths = lines.stream().map(LiveScreen::width).toList();
        write(drawing.toString());
    }

    /** Adds a line below the drawing, which stays. */
    public void append(String line) {
        // The terminal has echoed ^C at the position of the cursor.
        write("\r" + overwriting(line, lastColumns) + "\n");
        widths = List.of();
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            write(WRAP + SHOW_CURSOR);
        }
    }

    // Behind a line as wide as the screen, the cursor stands on the last character, which would be erased.
    private static String overwriting(String line, int columns) {
        return width(line) < columns ? line + REST_OF_LINE : line;
    }

    private static int width(String line) {
        return PlainText.width(STYLE.matcher(line).replaceAll(""));
    }

    private void write(String text) {
        out.print(text);
        out.flush();
    }
}
