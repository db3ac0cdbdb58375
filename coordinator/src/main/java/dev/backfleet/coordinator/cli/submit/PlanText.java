package dev.backfleet.coordinator.cli.submit;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.common.unit.Shown;
import dev.backfleet.coordinator.cli.text.FindingLines;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.query.plan.PlanReport;
import dev.backfleet.coordinator.query.plan.PlanReport.Shards;
import dev.backfleet.coordinator.query.plan.RowSample;
import dev.backfleet.coordinator.query.plan.Tenants;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a plan prints, section by section. */
final class PlanText {
    private static final String INDENT = " ".repeat(10);

    private PlanText() {}

    /** What the job would do. */
    static List<String> lines(PlanReport report) {
        var run = report.run();
        var lines = new ArrayList<String>();
        lines.add(labelled("plan of", report.name() + ": no job is stored"));
        lines.add("");
        lines.add("WHAT WILL RUN");
        lines.add(labelled(
                "table",
                report.table() + ", about " + rows(run.rows())
                        + (run.tables() == 1 ? "" : " in " + HumanText.number(run.tables()) + " partitions")));
        lines.add(labelled(
                "key",
                run.key().stream().map(name -> Identifier.of(name).toString()).collect(Collectors.joining(", "))));
        lines.add(labelled("shards", shards(run.shards())));
        var passes = run.passes();
        if (passes != null) {
            lines.add(labelled("passes", passes.count() + ": " + passes.reason()));
        }
        var tenants = run.shards().tenants();
        if (tenants != null) {
            lines.add(labelled("tenants", tenants(tenants)));
        }
        if (run.deadline() != null) {
            lines.add(labelled("deadline", HumanTime.moment(run.deadline())));
        }
        if (run.plan() != null) {
            lines.add(ForecastText.plan(run.plan()));
        }
        lines.add(labelled("SQL", run.sql().replace("\n", "\n" + INDENT)));
        return lines;
    }

    /** The rows before and after the change. */
    static List<String> sample(RowSample sample) {
        var lines = new ArrayList<String>();
        var note = sample.note() == null ? "" : (sample.rows().isEmpty() ? "" : "; ") + sample.note();
        lines.add(labelled(
                "sample", (sample.rows().isEmpty() ? "" : rows(sample.rows().size()) + ", rolled back") + note));
        sample.rows().forEach(row -> lines.addAll(lines(row)));
        return lines;
    }

    /** The findings, the gravest first. */
    static List<String> findings(List<Finding> findings) {
        var lines = new ArrayList<String>();
        lines.add("");
        lines.add("FINDINGS  " + summary(findings));
        for (var finding : findings) {
            lines.addAll(FindingLines.of(
                    finding.severity(), finding.code().text() + ": " + finding.message(), finding.remedy()));
        }
        return lines;
    }

    /** How many findings there are of each severity, and what follows from them. */
    static String summary(List<Finding> findings) {
        if (findings.isEmpty()) {
            return "none";
        }
        var counts =
                FindingLines.counts(findings.stream().map(Finding::severity).toList());
        if (findings.stream().anyMatch(Finding::refuses)) {
            return counts + ": 'backfleet submit' refuses the spec, unless --force is given";
        }
        return findings.stream().anyMatch(Finding::endangersRows)
                ? counts
                        + ": only a plan looks for such errors, and 'backfleet submit' does not refuse the spec for them"
                : counts;
    }

    /** What is said before rows of the sample are changed. */
    static String beforeSample(PlanReport report) {
        return "up to five rows are changed now, one by one, and each change is rolled back (--no-sample leaves it out)"
                + whatStays(report);
    }

    /** What is said before batches are measured. */
    static String beforeMeasuring(PlanReport report) {
        return "some batches are run now and rolled back, all over the table: at most 1 % of its rows, for at most 20 s"
                + " (--no-sample leaves it out)" + whatStays(report);
    }

    /** Why no batch is measured, unless that was asked for. */
    static String withoutMeasuring(PlanReport report) {
        return "nothing is measured: " + String.join(", ", report.run().effects())
                + " may do something that a rollback does not undo; 'backfleet plan --sample' measures all the same";
    }

    private static String whatStays(PlanReport report) {
        return report.findings().stream()
                .filter(finding -> finding.code() == FindingCode.TRIGGERS_FIRE)
                .map(Finding::message)
                .findFirst()
                .map(triggers -> "; " + triggers
                        + "; what they do outside of the transaction stays: numbers of sequences, dblink, messages"
                        + " to other servers")
                .orElse("");
    }

    /** Why no row is changed, unless that was asked for. */
    static String withoutSample(PlanReport report, boolean terminal) {
        var effects = report.run().effects();
        var why = effects.isEmpty()
                ? terminal ? "" : "the output is no terminal, and the values of rows belong in no log"
                : String.join(", ", effects) + " may do something that a rollback does not undo";
        return "no sample of rows: " + why + "; 'backfleet plan --sample' shows one all the same";
    }

    private static List<String> lines(RowSample.Row row) {
        var lines = new ArrayList<String>();
        lines.add(INDENT
                + row.key().entrySet().stream()
                        .map(column -> Identifier.of(column.getKey()) + " " + Shown.text(column.getValue()))
                        .collect(Collectors.joining(", "))
                + (row.problem() == null ? "" : " is not changed: " + row.problem()));
        var after = row.after();
        row.before()
                .forEach((column, value) -> lines.add(INDENT + "  " + Identifier.of(column) + ": " + shown(value)
                        + (after == null ? "" : " → " + shown(after.get(column)))));
        return lines;
    }

    private static String shown(@Nullable String value) {
        return value == null ? "NULL" : Shown.text(value);
    }

    private static String shards(Shards shards) {
        var count = shards.count() == 0
                ? "none: the table is empty"
                : "about " + HumanText.number(shards.count()) + " of about " + rows(shards.rowsEach())
                        + (shards.cut()
                                ? ", cut as planning would"
                                : ", estimated from the number of rows: cutting takes longer than 5 s");
        return count + (shards.note() == null ? "" : "; " + shards.note());
    }

    private static String tenants(Tenants tenants) {
        var about = tenants.exact() ? "" : "about ";
        var large = tenants.large() == 0
                ? "none fills a shard"
                : HumanText.number(tenants.large()) + (tenants.large() == 1 ? " fills" : " fill")
                        + " shards of their own: "
                        + tenants.largest().stream()
                                .map(one -> Shown.text(one.tenant()) + " (" + about + rows(one.rows()) + ")")
                                .collect(Collectors.joining(", "))
                        + (tenants.large() > tenants.largest().size() ? ", …" : "");
        return large + "; " + (tenants.exact() ? "" : "at least ") + HumanText.number(tenants.others())
                + " share shards";
    }

    private static String rows(long rows) {
        return HumanText.number(rows) + (rows == 1 ? " row" : " rows");
    }

    private static String labelled(String label, String text) {
        return (label + INDENT).substring(0, INDENT.length()) + text;
    }
}
