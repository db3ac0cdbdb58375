package dev.backfleet.standalone.demo.migration;

import dev.backfleet.common.unit.HumanText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a demo of a migration went.
 *
 * @param traffic what the application did, and what happened to it
 * @param rows what the check of every row has found
 * @param times how long it took, and for how long the application waited
 * @param kill what the killed worker has cost
 */
public record MigrationOutcome(Traffic.Totals traffic, Rows rows, Times times, String kill) {
    private static final int INDENT = 23;

    /** Whether the column is gone, and the application has not noticed it. */
    public boolean clean() {
        return traffic.errors() == 0
                && traffic.wrongReads() == 0
                && rows.apart() == 0
                && rows.wrong() == 0
                && !rows.columns().contains("full_name");
    }

    /** The result, for a first-time user. */
    public List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add(
                clean()
                        ? "The column full_name is gone, and the application has not noticed."
                        : "THE CHECK FAILED: the application has noticed the migration, or rows are wrong.");
        traffic.messages().forEach(message -> lines.add("  " + message));
        lines.add("");
        lines.add(fact("reads", number(traffic.reads()) + ", " + number(traffic.wrongReads()) + " of them wrong"));
        lines.add(fact("writes", number(traffic.writes()) + ", " + number(rows.wrong()) + " of them lost or changed"));
        lines.add(fact("errors", number(traffic.errors())));
        lines.add(fact("rows", number(rows.rows())));
        lines.add(fact("out of sync", number(rows.apart()) + " of them, before the old column was renamed"));
        lines.add(fact("columns now", rows.columns()));
        lines.add(fact(
                "longest statement",
                millis(traffic.longest()) + " (before the migration: " + millis(times.alone())
                        + ");\nthe locks of its steps held the application up for at most " + millis(times.heldUp())));
        lines.add(fact("the kill", kill));
        lines.add(fact("time", String.format(Locale.ROOT, "%.0f s", times.took().toMillis() / 1000.0)));
        return lines;
    }

    private static String number(long number) {
        return HumanText.number(number);
    }

    private static String millis(Duration duration) {
        return HumanText.number(duration.toMillis()) + " ms";
    }

    private static String fact(String label, String text) {
        return String.format(Locale.ROOT, "  %-20s %s", label, text.replace("\n", "\n" + " ".repeat(INDENT)));
    }

    /**
     * What the check of every row has found.
     *
     * @param rows the rows of the table
     * @param apart rows whose shapes did not agree before the old one was removed
     * @param wrong rows that do not hold what was written last
     * @param columns the columns of the table at the end
     */
    public record Rows(long rows, long apart, long wrong, String columns) {}

    /**
     * How long it took.
     *
     * @param took from the plan to the dropped column
     * @param alone the application's longest statement before
     * @param heldUp the longest time that a step's locks held statements of the application up
     */
    public record Times(Duration took, Duration alone, Duration heldUp) {}
}
