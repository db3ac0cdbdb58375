package dev.backfleet.common.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rows of text with aligned columns, two blanks between them, and none at the end of a line. */
public final class TextTable {

    private final List<Column> columns;
    private final List<List<String>> rows = new ArrayList<>();

    public TextTable(Column... columns) {
        this.columns = List.of(columns);
    }

    public static Column left(String header) {
        return new Column(onOneLine(header), false, false);
    }

    public static Column right(String header) {
        return new Column(onOneLine(header), true, false);
    }

    /** Adds a row with a cell for each column; null is shown as a dash. */
    public TextTable row(@Nullable Object... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        var row = new ArrayList<String>();
        for (var cell : cells) {
            row.add(onOneLine(Objects.toString(cell, "-")));
        }
        rows.add(row);
        return this;
    }

    /** The table as text, each line with a line break; it has headers even without rows. */
    public String render() {
        return render(Integer.MAX_VALUE);
    }

    /**
     * The table as text for a screen. Columns that are only shown if there is room are left out, the last ones first, until the
     * lines fit; if they still do not, they are longer.
     *
     * @param screen how many characters a line may have
     */
    public String render(int screen) {
        var lines = new ArrayList<List<String>>();
        lines.add(columns.stream().map(Column::header).toList());
        lines.addAll(rows);
        var widths = IntStream.range(0, columns.size())
                .map(column -> lines.stream()
                        .mapToInt(line -> width(line.get(column)))
                        .max()
                        .orElse(0))
                .toArray();
        var shown = IntStream.range(0, columns.size()).boxed().collect(Collectors.toCollection(ArrayList::new));
        for (var last = columns.size() - 1; last >= 0 && width(shown, widths) > screen; last--) {
            if (columns.get(last).ifRoom()) {
                shown.remove(Integer.valueOf(last));
            }
        }
        return lines.stream().map(line -> line(line, shown, widths) + "\n").collect(Collectors.joining());
    }

    private static int width(List<Integer> shown, int[] widths) {
        return shown.stream().mapToInt(i -> widths[i] + 2).sum() - 2;
    }

    private String line(List<String> cells, List<Integer> shown, int[] widths) {
        return shown.stream()
                .map(i -> columns.get(i).aligned(cells.get(i), widths[i]))
                .collect(Collectors.joining("  "))
                .stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    /** A name that holds a line break or an escape sequence must not break the screen. */
    private static String onOneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    /**
     * A column.
     *
     * @param header its title
     * @param toTheRight whether its cells are numbers
     * @param ifRoom whether it is left out on a screen that is too narrow
     */
    public record Column(String header, boolean toTheRight, boolean ifRoom) {

        /** The same column, shown only if there is room. */
        public Column whereRoom() {
            return new Column(header, toTheRight, true);
        }

        private String aligned(String cell, int width) {
            var blanks = " ".repeat(width - width(cell));
            return toTheRight ? blanks + cell : cell + blanks;
        }

        private static int width(String text) {
            return TextTable.width(text);
        }
    }
}
