package dev.backfleet.coordinator.cli.submit;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.Shown;
import dev.backfleet.coordinator.operation.DryRun.Report;
import dev.backfleet.coordinator.operation.DryRun.Row;
import dev.backfleet.coordinator.operation.DryRun.Sample;
import dev.backfleet.coordinator.operation.DryRun.Shards;
import dev.backfleet.coordinator.operation.SubmitJob.Submitted;
import dev.backfleet.coordinator.pin.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a submission and a dry run print. */
final class SubmitText {
    private static final String INDENT = " ".repeat(9);

    private SubmitText() {}

    /** What was stored, in one line. */
    static String stored(Submitted job) {
        var next = job.paused()
                ? "a coordinator plans it; then it is PAUSED until 'backfleet resume " + job.name() + "'"
                : "a coordinator plans its shards next; 'backfleet watch " + job.name() + "' follows it";
        return job.name() + " is stored as job " + job.id() + " on " + job.table() + ", " + rows(job.rows()) + ": "
                + next;
    }

    /** What the job would do. */
    static List<String> lines(Report report) {
        var lines = new ArrayList<String>();
        lines.add("dry run: nothing is stored");
        lines.add("");
        lines.add(labelled("job", report.name()));
        lines.add(labelled(
                "table",
                report.table() + ", " + rows(report.rows())
                        + (report.tables() == 1 ? "" : " in " + HumanText.number(report.tables()) + " partitions")));
        lines.add(labelled(
                "key",
                report.key().stream()
                        .map(name -> Identifier.of(name).toString())
                        .collect(Collectors.joining(", "))));
        lines.add(labelled("shards", shards(report.shards())));
        lines.add(labelled("SQL", report.sql().replace("\n", "\n" + INDENT)));
        return lines;
    }

    /** The rows before and after the change. */
    static List<String> lines(Sample sample) {
        var lines = new ArrayList<String>();
        var note = sample.note() == null ? "" : (sample.rows().isEmpty() ? "" : "; ") + sample.note();
        lines.add(labelled(
                "sample", (sample.rows().isEmpty() ? "" : rowCount(sample.rows().size()) + ", rolled back") + note));
        sample.rows().forEach(row -> lines.addAll(lines(row)));
        return lines;
    }

    /** What is said before rows of the sample are changed. */
    static String beforeSample(Report report) {
        var firing = report.warnings().stream()
                .filter(warning -> warning.code() == Warning.Code.TRIGGERS_FIRE)
                .map(Warning::message)
                .findFirst();
        return "up to five rows are changed now, one by one, and each change is rolled back (--no-sample leaves it out)"
                + firing.map(triggers -> "; " + triggers
                                + "; what they do outside of the transaction stays: numbers of sequences, dblink, messages"
                                + " to other servers")
                        .orElse("");
    }

    /** Why no row is changed, unless that was asked for. */
    static String withoutSample(Report report, boolean terminal) {
        var why = report.effects().isEmpty()
                ? terminal ? "" : "the output is no terminal, and the values of rows belong in no log"
                : String.join(", ", report.effects()) + " may do something that a rollback does not undo";
        return "no sample of rows: " + why + "; --sample shows one all the same";
    }

    private static List<String> lines(Row row) {
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
                : "about " + HumanText.number(shards.count()) + " of about " + HumanText.number(shards.rowsEach())
                        + (shards.rowsEach() == 1 ? " row" : " rows")
                        + (shards.cut()
                                ? ", cut as planning would"
                                : ", estimated from the number of rows: cutting takes longer than 5 s");
        return count + (shards.note() == null ? "" : "; " + shards.note());
    }

    private static String rows(long rows) {
        return "about " + rowCount(rows);
    }

    private static String rowCount(long rows) {
        return HumanText.number(rows) + (rows == 1 ? " row" : " rows");
    }

    private static String labelled(String label, String text) {
        return (label + INDENT).substring(0, INDENT.length()) + text;
    }
}
