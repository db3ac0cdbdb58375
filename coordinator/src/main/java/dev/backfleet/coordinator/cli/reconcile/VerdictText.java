package dev.backfleet.coordinator.cli.reconcile;

import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.Pass;
import dev.backfleet.coordinator.query.reconcile.ReconcileReport;
import dev.backfleet.coordinator.query.reconcile.WrongRowCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A verdict in words. */
final class VerdictText {
    private static final int MOST_KEYS = 20;

    private VerdictText() {}

    /** The verdict and its reasons. */
    static List<String> of(GateAnswer answer) {
        var lines = new ArrayList<String>();
        lines.add(answer.verdict() + "  " + answer.name() + " (id " + answer.job() + ")"
                + (answer.tenant() == null ? "" : ", tenant " + answer.tenant()) + compared(answer.pass()));
        answer.reasons().forEach(reason -> lines.add("  " + reason));
        answer.notes().forEach(note -> lines.add("  note: " + note));
        return lines;
    }

    private static String compared(@Nullable Pass pass) {
        return pass == null
                ? ""
                : ": compared by job " + pass.id() + ", which ended "
                        + HumanText.elapsed(Duration.ofSeconds((long) pass.ageSeconds())) + " ago";
    }

    /** The verdict with tenants and keys. */
    static String of(ReconcileReport report) {
        var lines = of(report.answer());
        var pass = report.answer().pass();
        var rows = report.answer().rows();
        if (pass != null && rows != null) {
            lines.add("  " + HumanText.number(pass.scanned()) + " rows scanned from "
                    + HumanTime.moment(pass.startedAt()) + " to " + HumanTime.moment(pass.finishedAt())
                    + (pass.standby() == null ? "" : ", on the standby " + pass.standby()));
            if (rows.wrong() > 0) {
                lines.add("  written last: " + written(rows));
            }
        }
        var text = lines.stream().collect(Collectors.joining("\n", "", "\n"));
        return text + tenants(report) + keys(report);
    }

    private static String written(WrongRowCounts rows) {
        var parts = new ArrayList<String>();
        add(parts, rows.since(), "since the job's end, by the application");
        add(parts, rows.during(), "while the job ran, by the job or the application");
        add(parts, rows.before(), "before the job was submitted, which has left them out");
        add(parts, rows.unknown(), "at a time that cannot be told");
        return String.join("; ", parts);
    }

    private static void add(List<String> parts, long rows, String when) {
        if (rows > 0) {
            parts.add(HumanText.number(rows) + " " + when);
        }
    }

    private static String tenants(ReconcileReport report) {
        var listed = report.tenants();
        if (listed.isEmpty() || (listed.size() == 1 && listed.get(0).tenant().isEmpty())) {
            return "";
        }
        var table = new TextTable(
                TextTable.left("TENANT"),
                TextTable.left("VERDICT"),
                TextTable.right("MISSING"),
                TextTable.right("DIFFERENT"),
                TextTable.right("FAILED"),
                TextTable.right("QUARANTINED"),
                TextTable.right("SINCE END"));
        listed.forEach(tenant -> table.row(
                tenant.tenant(),
                tenant.verdict(),
                HumanText.number(tenant.rows().missing()),
                HumanText.number(tenant.rows().different()),
                HumanText.number(tenant.rows().failed()),
                HumanText.number(tenant.rows().quarantined()),
                HumanText.number(tenant.rows().since())));
        var more = report.tenantsWithFindings() - listed.size();
        return "\n" + table.render() + (more > 0 ? "and " + HumanText.number(more) + " more tenants\n" : "");
    }

    private static String keys(ReconcileReport report) {
        if (report.keys().isEmpty()) {
            return "";
        }
        var table = new TextTable(TextTable.left("WRONG ROW"), TextTable.left("KEY"), TextTable.left("WRITTEN"));
        report.keys().stream()
                .limit(MOST_KEYS)
                .forEach(row -> table.row(
                        row.finding() + " in " + row.table(), String.join(", ", row.key()), when(row.written())));
        return "\n" + table.render();
    }

    private static String when(String written) {
        return switch (written) {
            case "since" -> "since the job's end";
            case "during" -> "while the job ran";
            case "before" -> "before the job";
            default -> "cannot be told";
        };
    }
}
