package dev.backfleet.coordinator.screen;

import dev.backfleet.common.unit.HumanSize;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.JobCost;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a finished job has cost, line by line, each beside what a plan has forecast. */
final class CostText {
    private static final String FORECAST = "forecast ";
    private static final int LABEL = 9;
    private static final int ACTUAL = 24;

    private final List<String> lines = new ArrayList<>();

    private CostText() {}

    static List<String> lines(JobCost cost, Instant now) {
        var text = new CostText();
        var planned = cost.forecast();
        var forecast = planned == null ? null : planned.what();
        text.add(
                "time",
                elapsed(cost.seconds()),
                forecast == null
                        ? null
                        : HumanText.elapsed(forecast.shortest()) + " to " + HumanText.elapsed(forecast.longest()));
        text.add(
                "rows",
                HumanText.number(cost.rows()),
                forecast == null ? null : "about " + HumanText.number(forecast.rows()));
        text.add(
                "WAL",
                known(cost.wal().bytes(), cost.wal().note()),
                forecast == null
                        ? null
                        : HumanSize.rounded(forecast.walBytes().least()) + " to "
                                + HumanSize.rounded(forecast.walBytes().most()));
        text.growth("table", cost.growth().table(), cost, forecast == null ? null : forecast.tableGrowth());
        text.growth("indexes", cost.growth().indexes(), cost, forecast == null ? null : forecast.indexGrowth());
        if (cost.growth().kept() != null) {
            text.add("kept", HumanSize.rounded(cost.growth().kept()) + " of old values", null);
        }
        text.add(
                "forecast",
                planned == null
                        ? "none: " + cost.forecastNote()
                        : "from a plan of " + HumanTime.ago(planned.madeAt(), now) + ", for " + slots(planned),
                null);
        return text.lines;
    }

    private static String slots(JobCost.Planned planned) {
        var slots = planned.what().slots();
        return slots + (slots == 1 ? " slot" : " slots");
    }

    private void growth(String label, @Nullable Long bytes, JobCost cost, @Nullable Long forecast) {
        add(
                label,
                bytes == null ? known(null, cost.growth().note()) : signed(bytes),
                forecast == null ? null : signed(forecast));
    }

    private static String signed(long bytes) {
        return (bytes < 0 ? "-" : "+") + HumanSize.rounded(Math.abs(bytes));
    }

    private static String known(@Nullable Long bytes, @Nullable String note) {
        if (bytes == null) {
            return "unknown" + (note == null ? "" : ": " + note);
        }
        return HumanSize.rounded(bytes) + (note == null ? "" : " " + note);
    }

    private static String elapsed(double seconds) {
        return HumanText.elapsed(Duration.ofMillis(Math.round(seconds * 1000)));
    }

    private void add(String label, String actual, @Nullable String forecast) {
        lines.add(pad(label, LABEL) + (forecast == null ? actual : pad(actual, ACTUAL) + FORECAST + forecast));
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }
}
