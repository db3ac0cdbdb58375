package dev.backfleet.benchmark.report;

import static dev.backfleet.common.cli.output.TextTable.left;
import static dev.backfleet.common.cli.output.TextTable.right;

import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.unit.HumanText;
import java.util.List;
import java.util.Locale;

/**
 * The printed report; in JSON, its components.
 *
 * @param rows how many rows the table has
 * @param rounds how often each way was measured
 * @param ways the results of each way
 * @param ratios the ratios and their limits
 * @param fleet where the time of each of Backfleet's jobs went
 * @param memory the workers' memory
 */
public record ComparisonReport(
        long rows, int rounds, List<WayResult> ways, List<Ratio> ratios, List<FleetTimes> fleet, Memory memory)
        implements Report {

    /** Copies the lists. */
    public ComparisonReport {
        ways = List.copyOf(ways);
        ratios = List.copyOf(ratios);
        fleet = List.copyOf(fleet);
    }

    /** Of a comparison. */
    public static ComparisonReport of(
            long rows, int rounds, Comparison comparison, List<FleetTimes> fleet, long peakResidentBytes) {
        var ways = comparison.ways().stream()
                .map(way -> new WayResult(
                        way,
                        comparison.spread(way, m -> 100.0 * m.rows() / rows).median(),
                        comparison.spread(way, Measurement::seconds),
                        comparison.spread(way, Measurement::rowsPerSecond),
                        comparison.spread(way, Measurement::walBytesPerRow)))
                .toList();
        return new ComparisonReport(rows, rounds, ways, comparison.ratios(), fleet, Memory.of(peakResidentBytes));
    }

    @Override
    public boolean met() {
        return ratios.stream().allMatch(Ratio::met) && memory.met();
    }

    @Override
    public String render() {
        var text = new StringBuilder(wayTable());
        if (!ratios.isEmpty()) {
            text.append('\n').append(ratioTable());
        }
        if (!fleet.isEmpty()) {
            text.append('\n').append(fleetTable());
            text.append('\n').append(memory.render());
        }
        return text.toString();
    }

    private String wayTable() {
        var table = new TextTable(
                left("WAY"),
                right("OF THE ROWS"),
                right("SECONDS"),
                right("ROWS/S"),
                right("(MIN-MAX)"),
                right("WAL B/ROW"));
        for (var way : ways) {
            var speed = way.rowsPerSecond();
            table.row(
                    way.way().words(),
                    decimal("%.0f%%", way.percent()),
                    decimal("%.1f", way.seconds().median()),
                    HumanText.number(Math.round(speed.median())),
                    HumanText.number(Math.round(speed.min())) + "-" + HumanText.number(Math.round(speed.max())),
                    decimal("%.0f", way.walBytesPerRow().median()));
        }
        return table.render();
    }

    private String ratioTable() {
        var table = new TextTable(left("RATIO"), right("MEDIAN"), right("(MIN-MAX)"), right("BAR"), left(""));
        for (var ratio : ratios) {
            table.row(
                    ratio.of().words() + " / " + ratio.to().words(),
                    decimal("%.2f", ratio.speed().median()),
                    decimal("%.2f", ratio.speed().min()) + "-"
                            + decimal("%.2f", ratio.speed().max()),
                    decimal("%.2f", ratio.bar()),
                    verdict(ratio.met()));
        }
        return table.render();
    }

    private String fleetTable() {
        var table = new TextTable(
                left("SECONDS SINCE SUBMISSION"),
                right("ROUND"),
                right("PLANNED"),
                right("FIRST SHARD"),
                right("LAST BATCH"),
                right("SUCCEEDED"),
                right("BATCHES"),
                right("ROWS/S ONCE RUNNING"));
        for (var times : fleet) {
            table.row(
                    times.way().words(),
                    times.round(),
                    decimal("%.2f", times.running()),
                    decimal("%.2f", times.firstShard()),
                    decimal("%.2f", times.lastBatch()),
                    decimal("%.2f", times.finished()),
                    times.batches(),
                    HumanText.number(Math.round(times.rowsPerSecondOnceRunning())));
        }
        return table.render();
    }

    static String decimal(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    static String verdict(boolean met) {
        return met ? "met" : "MISSED";
    }

    /**
     * The results of one way over all rounds.
     *
     * @param way which way
     * @param percent how much of the table it changed within its time limit
     * @param seconds how long that took
     * @param rowsPerSecond how fast it was
     * @param walBytesPerRow write-ahead log per row
     */
    public record WayResult(Way way, double percent, Spread seconds, Spread rowsPerSecond, Spread walBytesPerRow) {}

    /**
     * The workers' memory.
     *
     * @param peakResidentBytes the most that one worker had resident
     * @param barBytes what it may have
     * @param met whether it had no more
     */
    public record Memory(long peakResidentBytes, long barBytes, boolean met) {
        private static final long MEGABYTE = 1_000_000;
        private static final long BAR = 200 * MEGABYTE;

        static Memory of(long peak) {
            return new Memory(peak, BAR, peak <= BAR);
        }

        private String render() {
            return "largest worker: " + peakResidentBytes / MEGABYTE + " MB resident at its peak; bar "
                    + barBytes / MEGABYTE + " MB: " + verdict(met) + "\n";
        }
    }
}
