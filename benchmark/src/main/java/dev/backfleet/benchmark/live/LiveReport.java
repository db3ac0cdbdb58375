package dev.backfleet.benchmark.live;

import static dev.backfleet.common.cli.TextTable.left;
import static dev.backfleet.common.cli.TextTable.right;

import dev.backfleet.benchmark.report.Spread;
import dev.backfleet.common.cli.HumanText;
import dev.backfleet.common.cli.TextTable;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is printed of the comparison; as JSON, its components.
 *
 * @param rows how many rows the table has
 * @param rounds how often each way was measured
 * @param transactionsPerSecond what the application does
 * @param ways what each way did, over all rounds
 * @param bars what is expected
 * @param measurements each round by itself
 */
public record LiveReport(
        long rows,
        int rounds,
        double transactionsPerSecond,
        List<WayResult> ways,
        List<LiveBar> bars,
        List<LiveMeasurement> measurements) {

    /** Copies the lists. */
    public LiveReport {
        ways = List.copyOf(ways);
        bars = List.copyOf(bars);
        measurements = List.copyOf(measurements);
    }

    /** Of a comparison. */
    public static LiveReport of(long rows, int rounds, double transactionsPerSecond, LiveComparison comparison) {
        var ways = comparison.ways().stream()
                .map(way -> WayResult.of(way, comparison))
                .toList();
        return new LiveReport(rows, rounds, transactionsPerSecond, ways, comparison.bars(), comparison.measurements());
    }

    /** Whether every bar is met. */
    public boolean barsAreMet() {
        return bars.stream().allMatch(LiveBar::met);
    }

    /** As text for people. */
    public String render() {
        return bars.isEmpty() ? wayTable() : wayTable() + "\n" + barTable();
    }

    private String wayTable() {
        var table = new TextTable(
                left("BESIDE"),
                right("P50 MS"),
                right("P99 MS"),
                right("P99.9 MS"),
                right("MAX MS"),
                right("P99/ALONE"),
                right("ERRORS"),
                right("ROWS/S"));
        for (var way : ways) {
            table.row(
                    way.way().words(),
                    milliseconds(way.p50()),
                    milliseconds(way.p99()),
                    milliseconds(way.p999()),
                    milliseconds(way.max()),
                    way.slowdown() == null
                            ? null
                            : decimal("%.2f", way.slowdown().median()),
                    HumanText.number(way.errors()),
                    way.way() == LiveWay.ALONE
                            ? null
                            : HumanText.number(Math.round(way.rowsPerSecond().median())));
        }
        return table.render();
    }

    private String barTable() {
        var table = new TextTable(
                left("BAR"), left("BESIDE"), right("MEDIAN"), right("(MIN-MAX)"), right("EXPECTED"), left(""));
        for (var bar : bars) {
            var value = bar.value();
            table.row(
                    bar.what(),
                    bar.way().words(),
                    decimal("%.2f", value.median()),
                    decimal("%.2f", value.min()) + "-" + decimal("%.2f", value.max()),
                    bar.words() + decimal(" %.2f", bar.bar()),
                    bar.met() ? "met" : "MISSED");
        }
        return table.render();
    }

    private static String milliseconds(Spread spread) {
        return String.format(Locale.ROOT, spread.median() < 100 ? "%.1f" : "%,.0f", spread.median());
    }

    private static String decimal(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /**
     * What one way did, over all rounds.
     *
     * @param way what ran beside the application
     * @param p50 of the application's latencies, in milliseconds
     * @param p99 of the same
     * @param p999 of the same
     * @param max of the same
     * @param slowdown p99 by the p99 alone; null if that was not measured
     * @param errors how many of the application's transactions failed, in all rounds together
     * @param rowsPerSecond how fast the backfill was
     */
    public record WayResult(
            LiveWay way,
            Spread p50,
            Spread p99,
            Spread p999,
            Spread max,
            @Nullable Spread slowdown,
            long errors,
            Spread rowsPerSecond) {

        static WayResult of(LiveWay way, LiveComparison comparison) {
            return new WayResult(
                    way,
                    comparison.spread(way, one -> one.traffic().p50()),
                    comparison.spread(way, one -> one.traffic().p99()),
                    comparison.spread(way, one -> one.traffic().p999()),
                    comparison.spread(way, one -> one.traffic().max()),
                    comparison.slowdown(way).orElse(null),
                    comparison.failed(way),
                    comparison.spread(way, one -> one.backfill().rowsPerSecond()));
        }
    }
}
