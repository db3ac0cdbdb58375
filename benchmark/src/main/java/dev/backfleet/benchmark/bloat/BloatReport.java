package dev.backfleet.benchmark.bloat;

import static dev.backfleet.common.cli.output.TextTable.left;
import static dev.backfleet.common.cli.output.TextTable.right;

import dev.backfleet.benchmark.report.Report;
import dev.backfleet.benchmark.report.Spread;
import dev.backfleet.common.cli.output.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What is printed of the growth of a table; as JSON, its components.
 *
 * @param runs what each round came to
 * @param ways the medians over the rounds
 * @param bars what passes are to win; none, and so none that is met, if the table has no further index, where there is nothing to win, or
 *     if not both of what is compared were measured
 */
public record BloatReport(List<BloatRun> runs, List<Medians> ways, List<Bar> bars) implements Report {
    private static final double FASTER = 1.6;
    private static final double LESS_WAL = 0.75;
    private static final double TABLE_GROWTH = 0.25;
    private static final double INDEX_GROWTH = 0.15;

    public BloatReport {
        runs = List.copyOf(runs);
        ways = List.copyOf(ways);
        bars = List.copyOf(bars);
    }

    /** Of some rounds, of a table with so many indexes beside its key's. */
    public static BloatReport of(List<BloatRun> runs, int indexes) {
        var ways = Stream.of(BloatWay.values())
                .filter(way -> runs.stream().anyMatch(run -> run.way() == way))
                .map(way -> Medians.of(runs, way))
                .toList();
        return new BloatReport(runs, ways, indexes == 0 ? List.of() : bars(ways));
    }

    private static List<Bar> bars(List<Medians> ways) {
        var bars = new ArrayList<Bar>();
        var own = of(ways, BloatWay.AUTO);
        var loops = of(ways, BloatWay.RANGE_LOOPS);
        if (own.isEmpty() || loops.isEmpty()) {
            return bars;
        }
        var passes = own.get(0);
        var loop = loops.get(0);
        bars.add(Bar.atLeast("rows/s, of the loops'", passes.rowsPerSecond / loop.rowsPerSecond, FASTER));
        bars.add(Bar.atMost("WAL per row, of the loops'", passes.walPerRow / loop.walPerRow, LESS_WAL));
        bars.add(Bar.atMost("growth of the table", passes.tableGrowth, TABLE_GROWTH));
        bars.add(Bar.atMost("growth of the indexes", passes.indexGrowth, INDEX_GROWTH));
        return bars;
    }

    private static List<Medians> of(List<Medians> ways, BloatWay way) {
        return ways.stream().filter(one -> one.way == way).toList();
    }

    @Override
    public String render() {
        var table = new TextTable(
                left("WAY"),
                right("PASSES"),
                right("ROWS/S"),
                right("WAL/ROW"),
                right("HOT"),
                right("TABLE"),
                right("INDEXES"));
        ways.forEach(way -> table.row(
                way.way.words(),
                Integer.toString(way.passes),
                String.format(Locale.ROOT, "%,.0f", way.rowsPerSecond),
                String.format(Locale.ROOT, "%,.0f B", way.walPerRow),
                percent(way.hot),
                "+" + percent(way.tableGrowth),
                "+" + percent(way.indexGrowth)));
        var text = new StringBuilder(table.render());
        bars.forEach(bar -> text.append(String.format(
                Locale.ROOT, "%n%s: %.2f, bar %.2f: %s", bar.what, bar.value, bar.bar, bar.met ? "met" : "MISSED")));
        if (bars.isEmpty()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%nno bar applies: they compare %s with %s, on a table with further indexes",
                    BloatWay.AUTO,
                    BloatWay.RANGE_LOOPS));
        }
        return text.append(System.lineSeparator()).toString();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", share * 100);
    }

    @Override
    public boolean met() {
        return !bars.isEmpty() && bars.stream().allMatch(Bar::met);
    }

    /** The medians of a way. */
    public record Medians(
            BloatWay way,
            int passes,
            double rowsPerSecond,
            double walPerRow,
            double hot,
            double tableGrowth,
            double indexGrowth) {

        private static Medians of(List<BloatRun> runs, BloatWay way) {
            var own = runs.stream().filter(run -> run.way() == way).toList();
            return new Medians(
                    way,
                    own.get(0).passes(),
                    median(own, BloatRun::rowsPerSecond),
                    median(own, BloatRun::walPerRow),
                    median(own, BloatRun::hot),
                    median(own, BloatRun::tableGrowth),
                    median(own, BloatRun::indexGrowth));
        }

        private static double median(List<BloatRun> runs, ToDoubleFunction<BloatRun> figure) {
            return Spread.of(runs.stream().mapToDouble(figure)).median();
        }
    }

    /** A bar. */
    public record Bar(String what, double value, double bar, boolean met) {
        static Bar atLeast(String what, double value, double bar) {
            return new Bar(what, value, bar, value >= bar);
        }

        static Bar atMost(String what, double value, double bar) {
            return new Bar(what, value, bar, value <= bar);
        }
    }
}
