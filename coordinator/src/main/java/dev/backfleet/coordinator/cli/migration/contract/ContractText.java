package dev.backfleet.coordinator.cli.migration.contract;

import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.migration.contract.ContractReport;
import dev.backfleet.coordinator.migration.contract.ContractReport.Line;
import dev.backfleet.coordinator.migration.contract.ContractReport.Next;
import dev.backfleet.coordinator.migration.contract.RenamingWatch;
import java.time.Duration;

/** The report before the end of a migration as text. */
final class ContractText {
    private ContractText() {}

    static String of(ContractReport report) {
        var columns = String.join(", ", report.columns());
        var next = report.next();
        if (next == null) {
            return report.name() + " " + report.state() + (report.before() ? " already: nothing was done" : "") + "\n"
                    + (report.watch() == null ? "" : watched(report.watch()))
                    + after(report);
        }
        var text = new StringBuilder(report.name() + " " + report.state() + "; next: the old columns (" + columns
                + ") are " + (next == Next.RENAME ? "renamed" : "dropped") + "\n\n");
        var table = new TextTable(
                TextTable.left("OK"), TextTable.left("WHAT"), TextTable.left("CERTAINTY"), TextTable.left("FOUND"));
        report.lines()
                .forEach(line -> table.row(
                        line.green() ? "yes" : "NO",
                        line.what().code(),
                        line.certainty().words(),
                        line.says()));
        text.append(table.render());
        var red = report.lines().stream().filter(line -> !line.green()).toList();
        if (!red.isEmpty()) {
            text.append("\nTo do:\n");
            red.forEach(line -> text.append("  ").append(remedy(line)).append('\n'));
        }
        if (!report.alongside().isEmpty()) {
            text.append("\nGoes with the columns: ")
                    .append(String.join(", ", report.alongside()))
                    .append('\n');
        }
        text.append(advice(columns));
        if (red.isEmpty()) {
            text.append("\nbackfleet migration contract ")
                    .append(report.name())
                    .append(next == Next.RENAME ? " --rename" : " --drop")
                    .append('\n');
        }
        return text.toString();
    }

    private static String remedy(Line line) {
        return line.what().code() + ": " + line.remedy();
    }

    private static String advice(String columns) {
        return "\nBefore it, in the application:\n"
                + "  an ORM that names all columns of a table must not know " + columns
                + " any more (Rails: ignored_columns; JPA, Django, Ecto: no such field)\n"
                + "  caches of the schema must be made anew (Rails: db:schema:cache:dump), and processes restarted that have one\n"
                + "  SELECT * through a server-side prepared statement fails once for each session with 0A000 'cached plan must not change\n"
                + "  result type', and so does the transaction that it is in: name the columns, or try again\n";
    }

    private static String watched(RenamingWatch watch) {
        var time = HumanText.elapsed(Duration.ofSeconds(watch.seconds()));
        var text = new StringBuilder(
                switch (watch.end()) {
                    case CALM -> "  no signal was at its hard threshold twice in a row for " + time + "\n";
                    case TAKEN_BACK -> "  the old columns have their names back: " + against(watch) + "\n";
                    case INTERRUPTED ->
                        "  the watch was interrupted after " + time
                                + ": the renaming stays, and nothing takes it back by itself\n";
                });
        watch.unreadable()
                .forEach(words -> text.append("  WARNING: ").append(words).append('\n'));
        return text.toString();
    }

    private static String against(RenamingWatch watch) {
        var against = watch.against();
        return (against == null ? "" : against.words() + ", in two looks in a row\n  ")
                + "find out who still names them, then begin again with --rename";
    }

    private static String after(ContractReport report) {
        return switch (report.state()) {
            case RENAMED ->
                "  whoever still names an old column gets an error (42703)\n  back: backfleet migration contract "
                        + report.name()
                        + " --undo\n  when they were kept for long enough: backfleet migration contract "
                        + report.name()
                        + " --drop\n";
            case CONTRACTED ->
                report.flag()
                        ? "  the flag answers true for ever; when no code asks it any more: backfleet migration flags rm "
                                + report.name() + "\n"
                        : "  its flag was removed: nothing is left to do\n";
            default -> "";
        };
    }
}
