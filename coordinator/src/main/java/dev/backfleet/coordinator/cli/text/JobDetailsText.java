package dev.backfleet.coordinator.cli.text;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.detail.JobDetails;
import dev.backfleet.coordinator.query.detail.JobDetails.Changed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a job is, in words. */
public final class JobDetailsText {
    private JobDetailsText() {}

    public static String of(JobDetails job) {
        var lines = new ArrayList<String>();
        lines.add(job.name() + " (id " + job.id() + ") is " + job.state());
        lines.add(line("submitted", submitted(job)));
        lines.add(line("table", job.table() + " (OID " + job.tableOid() + ")"));
        lines.add(line(
                "key",
                String.join(", ", job.key())
                        + (job.tenant() == null ? "" : "; shards follow the tenant " + job.tenant())));
        lines.add("");
        var compares = job.triggers() == null;
        lines.add(compares ? "what a batch compares, and changes no row:" : "what a batch does now:");
        var into = job.into();
        if (into != null) {
            lines.add("  copy into " + into.table() + " by " + String.join(", ", into.key()) + "; on conflict "
                    + into.onConflict());
        }
        job.expressions()
                .forEach(set -> lines.add((compares ? "  " : "  set ") + set.column() + " = " + set.sql()
                        + changed(set.changed(), false)));
        if (into != null) {
            into.writeBack().forEach((column, from) -> lines.add("  write back " + column + " = " + from));
        }
        lines.add("  where " + (job.where() == null ? "nothing: all rows" : job.where()));
        if (job.different() != null) {
            lines.add("  different if " + job.different());
        }
        var passes = job.passes();
        if (passes != null) {
            lines.add("  in " + passes.count() + (passes.count() == 1 ? " pass" : " passes")
                    + (passes.reason() == null ? "" : ": " + passes.reason())
                    + (passes.merged() ? "; they win nothing now, and what is left of each shard is done in one" : ""));
        }
        if (!compares) {
            lines.add("  triggers: " + job.triggers());
        }
        lines.add("");
        lines.add("limits:");
        job.limits()
                .forEach(limit ->
                        lines.add("  " + padded(limit.name(), 20) + limit.value() + changed(limit.changed(), true)));
        lines.add("  " + padded("in force now", 20) + now(job));
        lines.add("");
        lines.add("spec as submitted:");
        job.spec().lines().forEach(text -> lines.add("  " + text));
        return lines.stream().map(JobDetailsText::printable).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String submitted(JobDetails job) {
        var submitted = job.submitted();
        var who = List.of(
                submitted.by() == null ? "" : "by " + submitted.by(),
                "as the database role " + submitted.role(),
                HumanTime.moment(submitted.at()),
                "cli".equals(submitted.origin())
                        ? "at the command line"
                        : submitted.origin() == null ? "" : "by way of " + submitted.origin());
        return who.stream().filter(part -> !part.isEmpty()).collect(Collectors.joining(", "));
    }

    private static String now(JobDetails job) {
        var rate = job.rowsPerSecondNow();
        return (rate == null ? "no limit of rows" : HumanText.number(Math.round(rate)) + " rows/s") + ", "
                + HumanText.number(job.slotsNow()) + (job.slotsNow() == 1 ? " slot" : " slots");
    }

    private static String changed(@Nullable Changed changed, boolean withBefore) {
        return changed == null
                ? ""
                : "  (" + (withBefore ? "was " + changed.before() + "; " : "") + "changed by " + changed.by() + ", "
                        + HumanTime.moment(changed.at()) + ")";
    }

    private static String line(String name, String value) {
        return padded(name, 11) + value;
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }

    // A spec may have any characters; a terminal must not obey them.
    private static String printable(String line) {
        return line.replaceAll("[\\p{Cntrl}&&[^\\t]]", "?");
    }
}
