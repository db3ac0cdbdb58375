package dev.backfleet.standalone.rehearsal;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.unit.HumanText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a rehearsal went, in the order of the JSON output; names and order are an interface.
 *
 * @param name the job's name
 * @param state how it ended
 * @param reason why it did not succeed; null if it did
 * @param rows how many rows the table had
 * @param scanned how many of them were scanned
 * @param changed how many were changed
 * @param rejected how many PostgreSQL rejected
 * @param reasons why, most of them first: the first five
 * @param seconds how long it took
 * @param notMade how many rows could not be made, and why the first could not; null if all could
 * @param notCopied what of the table was not copied
 */
public record RehearsalReport(
        String name,
        JobState state,
        @Nullable String reason,
        long rows,
        long scanned,
        long changed,
        long rejected,
        List<String> reasons,
        double seconds,
        @Nullable String notMade,
        List<String> notCopied) {
    public RehearsalReport {
        reasons = List.copyOf(reasons);
        notCopied = List.copyOf(notCopied);
    }

    /** The report for people. */
    public List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add("rehearsal of " + name + ": " + state + (reason == null ? "" : ": " + reason));
        lines.add(labelled(
                "rows",
                HumanText.number(rows) + ", " + HumanText.number(scanned) + " scanned, " + HumanText.number(changed)
                        + " changed, " + HumanText.number(rejected) + " rejected"));
        reasons.forEach(why -> lines.add(labelled("rejected", why)));
        if (notMade != null) {
            lines.add(labelled("not made", notMade));
        }
        notCopied.forEach(what -> lines.add(labelled("left out", what)));
        return lines;
    }

    private static String labelled(String label, String text) {
        return (label + " ".repeat(10)).substring(0, 10) + text;
    }
}
