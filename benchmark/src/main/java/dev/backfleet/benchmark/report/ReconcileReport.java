package dev.backfleet.benchmark.report;

import static dev.backfleet.common.cli.output.TextTable.right;

import dev.backfleet.common.cli.output.TextTable;
import java.util.List;

/**
 * What is printed of reconciles; as JSON, its components.
 *
 * @param rounds what each round took
 * @param ratio the median of the reconcile's time by the scan's
 * @param bar what it may be
 * @param met whether it is not more
 */
public record ReconcileReport(List<ReconcileTime> rounds, double ratio, double bar, boolean met) implements Report {
    private static final double BAR = 1.25;

    /** Copies the list. */
    public ReconcileReport {
        rounds = List.copyOf(rounds);
    }

    /** Of some rounds. */
    public static ReconcileReport of(List<ReconcileTime> rounds) {
        var ratio = Spread.of(rounds.stream().mapToDouble(ReconcileTime::ratio)).median();
        return new ReconcileReport(rounds, ratio, BAR, ratio <= BAR);
    }

    @Override
    public String render() {
        var table = new TextTable(right("ROUND"), right("SCAN S"), right("RECONCILE S"), right("RATIO"));
        rounds.forEach(time -> table.row(
                time.round(),
                ComparisonReport.decimal("%.2f", time.scanSeconds()),
                ComparisonReport.decimal("%.2f", time.reconcileSeconds()),
                ComparisonReport.decimal("%.2f", time.ratio())));
        return table.render() + "\nmedian ratio " + ComparisonReport.decimal("%.2f", ratio) + ", bar "
                + ComparisonReport.decimal("%.2f", bar) + ": " + ComparisonReport.verdict(met) + "\n";
    }
}
