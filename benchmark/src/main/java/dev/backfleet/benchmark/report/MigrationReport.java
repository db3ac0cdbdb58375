package dev.backfleet.benchmark.report;

import static dev.backfleet.common.cli.output.TextTable.left;
import static dev.backfleet.common.cli.output.TextTable.right;

import dev.backfleet.benchmark.live.Traffic;
import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.unit.HumanText;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is printed of an application beside a change of its table; as JSON, its components.
 *
 * @param times each measurement
 * @param slowdown of 'migration apply', outside of its requests for locks: p99 by that of the application alone
 * @param bar the most that it may be
 */
public record MigrationReport(List<MigrationTime> times, Spread slowdown, double bar) implements Report {
    private static final double BAR = 1.5;

    /** Copies the list. */
    public MigrationReport {
        times = List.copyOf(times);
    }

    /** Of some measurements. */
    public static MigrationReport of(List<MigrationTime> times) {
        return new MigrationReport(
                times,
                Spread.of(times.stream()
                        .filter(time -> time.way() == MigrationWay.APPLY)
                        .mapToDouble(MigrationTime::slowdown)),
                BAR);
    }

    @Override
    public boolean met() {
        return slowdown.median() <= bar;
    }

    @Override
    public String render() {
        var table = new TextTable(
                left("BESIDE"),
                right("ROUND"),
                right("TRANSACTIONS"),
                right("P50 MS"),
                right("P99 MS"),
                right("P99.9 MS"),
                right("MAX MS"),
                right("P99/ALONE"),
                right("SECONDS"));
        for (var way : MigrationWay.values()) {
            times.stream().filter(time -> time.way() == way).forEach(time -> rows(table, time));
        }
        var applies =
                times.stream().filter(time -> time.way() == MigrationWay.APPLY).toList();
        return table.render() + "\nmigration apply outside of its requests for locks: p99 "
                + ComparisonReport.decimal("%.2f", slowdown.median()) + " times that alone (median; bar "
                + ComparisonReport.decimal("%.2f", bar) + ": " + (met() ? "met" : "MISSED") + ")\n"
                + "its requests and locks could hold a statement up for at most "
                + HumanText.number(largest(applies.stream().map(MigrationTime::longestMs))) + " ms at a time, "
                + HumanText.number(largest(applies.stream().map(MigrationTime::heldUpMs))) + " ms in all\n";
    }

    private static long largest(Stream<Long> values) {
        return values.mapToLong(Long::longValue).max().orElse(0);
    }

    private static void rows(TextTable table, MigrationTime time) {
        row(table, "nothing", time, time.alone(), null);
        if (time.way() == MigrationWay.APPLY) {
            row(table, time.way().words() + ", outside of its requests", time, time.outside(), time.seconds());
            row(table, time.way().words() + ", during its requests", time, time.requests(), null);
        } else {
            row(table, time.way().words(), time, time.outside(), time.seconds());
        }
    }

    private static void row(
            TextTable table, String beside, MigrationTime time, Traffic traffic, @Nullable Double seconds) {
        table.row(
                beside,
                time.round(),
                HumanText.number(traffic.transactions()),
                ComparisonReport.decimal("%.1f", traffic.p50()),
                ComparisonReport.decimal("%.1f", traffic.p99()),
                ComparisonReport.decimal("%.1f", traffic.p999()),
                ComparisonReport.decimal("%.0f", traffic.max()),
                ComparisonReport.decimal("%.2f", traffic.p99() / time.alone().p99()),
                seconds == null ? null : ComparisonReport.decimal("%.1f", seconds));
    }
}
