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
        return new Column(onOneLine(header), false);
    }

    public static Column right(String header) {
        return new Column(onOneLine(header), true);
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
        var lines = new ArrayList<List<String>>();
        lines.add(columns.stream().map(Column::header).toList());
        lines.addAll(rows);
        var widths = IntStream.range(0, columns.size())
                .map(column -> lines.stream()
                        .mapToInt(line -> width(line.get(column)))
                        .max()
                        .orElse(0))
                .toArray();
        return lines.stream().map(line -> line(line, widths) + "\n").collect(Collectors.joining());
    }

    private String line(List<String> cells, int[] widths) {
        return IntStream.range(0, cells.size())
                .mapToObj(i -> columns.get(i).aligned(cells.get(i), widths[i]))
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
     */
    public record Column(String header, boolean toTheRight) {

        private String aligned(String cell, int width) {
            var blanks = " ".repeat(width - width(cell));
            return toTheRight ? blanks + cell : cell + blanks;
        }

        private static int width(String text) {
            return TextTable.width(text);
        }
    }
}
