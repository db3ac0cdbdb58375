package dev.backfleet.coordinator.cli.submit;

import dev.backfleet.common.unit.HumanSize;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.forecast.BatchPlan;
import dev.backfleet.coordinator.forecast.Forecast;
import dev.backfleet.coordinator.forecast.Forecast.Speed;
import dev.backfleet.coordinator.forecast.Measured;
import dev.backfleet.coordinator.query.plan.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The part of a plan that was measured, and what follows from it. */
final class ForecastText {
    private static final String INDENT = " ".repeat(10);

    private ForecastText() {}

    /** How PostgreSQL executes a batch, in one line. */
    static String plan(BatchPlan plan) {
        return labelled(
                "batch",
                "end found by " + by(plan.scan(), plan.scanIndex()) + ", rows by "
                        + by(plan.update(), plan.updateIndex())
                        + "; of " + HumanText.number(plan.rows()) + " rows, about "
                        // The planner knows nothing of the batch's end, and may expect more rows than the batch has.
                        + HumanText.number(Math.min(plan.rows(), plan.updateRows()))
                        + " are expected to change");
    }

    private static String by(String node, @Nullable String index) {
        return node + (index == null ? "" : " (" + index + ")");
    }

    static List<String> lines(Measurement measurement) {
        var lines = new ArrayList<String>();
        lines.add("");
        lines.add("MEASURED" + (measurement.note() == null ? "" : "  nothing: " + measurement.note()));
        if (measurement.measured() != null) {
            measured(lines, measurement.measured());
        }
        if (measurement.forecast() != null) {
            lines.add("");
            lines.add("FORECAST  every number is about");
            forecast(lines, measurement.forecast());
        }
        return lines;
    }

    private static void measured(List<String> lines, Measured measured) {
        lines.add(labelled(
                "trial",
                HumanText.number(measured.batches()) + " batches were run and rolled back, over "
                        + HumanText.number(measured.rows()) + " rows; "
                        + HumanText.number(measured.deadRows()) + " dead rows are left to vacuum"
                        + (measured.note() == null ? "" : "; " + measured.note())));
        lines.add(labelled(
                "batch",
                "median " + HumanText.elapsed(measured.median()) + ", p95 " + HumanText.elapsed(measured.p95())
                        + "; those of the job have about " + HumanText.number(measured.batchRows()) + " rows"));
        lines.add(labelled(
                "speed",
                HumanText.number(measured.rowsPerSecond()) + " rows/s of one slot alone"
                        + (measured.sessions() == 1
                                ? ""
                                : "; of " + measured.sessions() + " at the same time, each takes "
                                        + String.format(Locale.ROOT, "%.1f", measured.slowdown()) + " times as long")));
        lines.add(labelled(
                "changed",
                percent(measured.changedShare()) + " of the rows"
                        + (measured.hotShare() == null
                                ? ""
                                : "; " + percent(measured.hotShare()) + " of the updates are HOT")));
        if (measured.walPerRow() != null && measured.fullPagesShare() != null) {
            lines.add(labelled(
                    "WAL",
                    HumanText.number(measured.walPerRow()) + " bytes for each changed row, "
                            + percent(measured.fullPagesShare()) + " of them whole pages after a checkpoint"));
        }
        if (measured.heldUp() > 0) {
            lines.add(labelled(
                    "locks",
                    measured.heldUp() + " batches were given up because another transaction held a lock for too long"));
        }
        measured.rejected().forEach(why -> lines.add(labelled("rejected", why)));
    }

    private static void forecast(List<String> lines, Forecast forecast) {
        lines.add(labelled("change", HumanText.number(forecast.rowsToChange()) + " rows"));
        lines.add(labelled("fastest", speed(forecast.fullSpeed())));
        if (forecast.limited() != null) {
            lines.add(labelled("limited", speed(forecast.limited()) + ", with the limits of the spec"));
        }
        lines.add(labelled(
                "of that",
                HumanText.elapsed(forecast.beside().shortest()) + " to "
                        + HumanText.elapsed(forecast.beside().longest())
                        + " before the first batch, between shards and after the last batch"));
        var least = HumanSize.rounded(forecast.walBytes().least());
        var most = HumanSize.rounded(forecast.walBytes().most());
        lines.add(labelled("WAL", least.equals(most) ? least : least + " to " + most));
        lines.add(labelled(
                "growth",
                "table " + HumanSize.rounded(forecast.tableGrowth()) + ", indexes "
                        + HumanSize.rounded(forecast.indexGrowth())));
        for (var i = 0; i < forecast.assumptions().size(); i++) {
            lines.add(labelled(i == 0 ? "assumed" : "", forecast.assumptions().get(i)));
        }
    }

    private static String speed(Speed speed) {
        return HumanText.elapsed(speed.shortest()) + " to " + HumanText.elapsed(speed.longest()) + " ("
                + HumanText.number(speed.rowsPerSecond()) + " to " + HumanText.number(speed.rowsPerSecondAtMost())
                + " rows/s)";
    }

    private static String percent(double share) {
        return Math.round(share * 100) + " %";
    }

    private static String labelled(String label, String text) {
        return (label + INDENT).substring(0, INDENT.length()) + text;
    }
}
