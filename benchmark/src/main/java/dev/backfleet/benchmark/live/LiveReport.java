package dev.backfleet.benchmark.live;

import static dev.backfleet.common.cli.output.TextTable.left;
import static dev.backfleet.common.cli.output.TextTable.right;

import dev.backfleet.benchmark.report.Report;
import dev.backfleet.benchmark.report.Spread;
import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.unit.HumanText;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The printed report; in JSON, its components.
 *
 * @param rows how many rows the table has
 * @param rounds how often each way was measured
 * @param transactionsPerSecond the application's load
 * @param alone the application's latencies alone, before each way in each round
 * @param ways the results of each way over all rounds
 * @param bars the expected limits
 * @param measurements each single round
 */
public record LiveReport(
        long rows,
        int rounds,
        double transactionsPerSecond,
        Felt alone,
        List<WayResult> ways,
        List<LiveBar> bars,
        List<LiveMeasurement> measurements)
        implements Report {

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
        return new LiveReport(
                rows,
                rounds,
                transactionsPerSecond,
                Felt.alone(comparison),
                ways,
                comparison.bars(),
                comparison.measurements());
    }

    @Override
    public boolean met() {
        return bars.stream().allMatch(LiveBar::met);
    }

    @Override
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
        row(table, "nothing", alone, null, null);
        for (var way : ways) {
            var rate = way.way() == LiveWay.IDLE_FLEET
                    ? null
                    : HumanText.number(Math.round(way.rowsPerSecond().median()));
            var slowdown = decimal("%.2f", way.slowdown().median());
            row(table, way.way().words(), way.felt(), slowdown, rate);
        }
        return table.render();
    }

    private static void row(
            TextTable table, String beside, Felt felt, @Nullable String slowdown, @Nullable String rate) {
        table.row(
                beside,
                milliseconds(felt.p50()),
                milliseconds(felt.p99()),
                milliseconds(felt.p999()),
                milliseconds(felt.max()),
                slowdown,
                HumanText.number(felt.errors()),
                rate);
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
     * What the application's users saw, over all rounds; latencies in milliseconds.
     *
     * @param p50 what half of the transactions kept to
     * @param p99 what 99 in 100 kept to
     * @param p999 what 999 in 1,000 kept to
     * @param max the slowest one's
     * @param errors how many transactions failed, in all rounds together
     */
    public record Felt(Spread p50, Spread p99, Spread p999, Spread max, long errors) {
        static Felt alone(LiveComparison comparison) {
            return of(comparison::alone, comparison.failedAlone());
        }

        static Felt beside(LiveWay way, LiveComparison comparison) {
            return of(
                    value -> comparison.spread(way, one -> value.applyAsDouble(one.traffic())), comparison.failed(way));
        }

        private static Felt of(Function<ToDoubleFunction<Traffic>, Spread> spread, long errors) {
            return new Felt(
                    spread.apply(Traffic::p50),
                    spread.apply(Traffic::p99),
                    spread.apply(Traffic::p999),
                    spread.apply(Traffic::max),
                    errors);
        }
    }

    /**
     * The results of one way over all rounds.
     *
     * @param way the way that ran beside the application
     * @param felt the application's latencies
     * @param slowdown p99 divided by the p99 alone, the median of a round's pairs
     * @param rowsPerSecond how fast the backfill was
     */
    public record WayResult(LiveWay way, Felt felt, Spread slowdown, Spread rowsPerSecond) {
        static WayResult of(LiveWay way, LiveComparison comparison) {
            return new WayResult(
                    way,
                    Felt.beside(way, comparison),
                    comparison.spread(way, LiveMeasurement::slowdown),
                    comparison.spread(way, one -> one.backfill().rowsPerSecond()));
        }
    }
}
