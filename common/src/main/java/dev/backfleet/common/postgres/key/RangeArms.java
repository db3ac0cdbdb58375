package dev.backfleet.common.postgres.key;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.kind.Comparison;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The range of a batch as the arms of the lexicographic order, each of which has a tight range in the key's index. Arms
 * that do not apply compare with NULL. The range's ends are the columns c (lower) and b (upper) of {@code
 * backfleet_range}.
 */
public final class RangeArms {
    private final KeyOrder order;
    private final RowAlias row;
    private final int columns;

    /** Of a key. */
    public RangeArms(KeyOrder order, RowAlias row) {
        this.order = order;
        this.row = row;
        this.columns = order.columns();
    }

    /** How many leading columns are equal at both ends of the range; the last one always counts as different. */
    public String sharedPrefix() {
        var cases = IntStream.range(1, columns)
                .mapToObj(
                        i -> "when not (" + order.compare(i, "c" + i, Comparison.EQUAL, "b" + i) + ") then " + (i - 1))
                .collect(joining(" "));
        return columns == 1 ? "0" : "case " + cases + " else " + (columns - 1) + " end";
    }

    /** The arms of a range without a lower end; the condition begins with AND, or is empty. */
    public String fromStart(String condition) {
        return IntStream.rangeClosed(1, columns)
                .mapToObj(i -> prefix(i - 1, j -> end("b", j, "")) + comparison(i, columns, end("b", i, "")))
                .map(arm -> "(" + arm + condition + ")")
                .collect(joining("\n    or "));
    }

    /** The arms of a range between two rows. */
    public String fromCursor() {
        return IntStream.rangeClosed(1, columns).mapToObj(this::ofColumn).collect(joining("\n    or "));
    }

    /**
     * A further arm that never applies, with an OR before it: with it, PostgreSQL reads the pages of the range in their order, each once,
     * and not row by row in the order of the key.
     */
    public String never() {
        return "\n    or (" + order.compare(1, key(1), Comparison.EQUAL, end("b", 1, " where shared < 0")) + ")";
    }

    /**
     * The arms whose inequality is on column {@code i}: where the two ends first differ, and the parts above and below.
     */
    private String ofColumn(int i) {
        var here = " where shared = " + (i - 1);
        var middle = prefix(i - 1, j -> end("c", j, here)) + after(i, end("c", i, here)) + " and "
                + comparison(i, columns, end("b", i, here));
        if (i == 1) {
            return "(" + middle + ")";
        }
        var before = " where shared < " + (i - 1);
        var lower = prefix(i - 1, j -> end("c", j, before)) + after(i, end("c", i, before));
        var upper = prefix(i - 1, j -> end("b", j, before)) + comparison(i, columns, end("b", i, before));
        return "(" + middle + ")\n    or (" + lower + ")\n    or (" + upper + ")";
    }

    private String prefix(int length, IntFunction<String> end) {
        return IntStream.rangeClosed(1, length)
                .mapToObj(j -> order.compare(j, key(j), Comparison.EQUAL, end.apply(j)) + " and ")
                .collect(joining());
    }

    private String comparison(int column, int last, String end) {
        return order.compare(column, key(column), column == last ? Comparison.LESS_OR_EQUAL : Comparison.LESS, end);
    }

    private String after(int i, String end) {
        return order.compare(i, key(i), Comparison.GREATER, end);
    }

    /** A column of one end of the range. */
    public static String end(String which, int column, String condition) {
        return "(select " + which + column + " from backfleet_range" + condition + ")";
    }

    private String key(int i) {
        return row.key(i);
    }
}
