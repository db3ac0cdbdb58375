package dev.backfleet.coordinator.cli.text;

import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.quarantine.QuarantinePage;
import java.util.ArrayList;
import java.util.stream.Stream;

/** Rows in quarantine as a table, with one column for each column of the key. */
public final class QuarantineTable {
    private QuarantineTable() {}

    /**
     * The rows, and before them, on the first page, why they are there.
     *
     * @param job the job as it was named
     */
    public static String of(QuarantinePage page, String job, boolean first) {
        if (page.quarantined() == 0) {
            return "no row of " + job + " is in quarantine\n";
        }
        return (first ? reasons(page, job) : "") + rows(page);
    }

    private static String reasons(QuarantinePage page, String job) {
        var table = new TextTable(TextTable.right("ROWS"), TextTable.left("SQLSTATE"), TextTable.left("MESSAGE"));
        page.reasons().forEach(why -> table.row(HumanText.number(why.rows()), why.sqlState(), why.message()));
        return table.render() + "correct the data, or the expression with --set; then 'backfleet quarantine " + job
                + " --retry'; '--explain --key K' prints all that PostgreSQL says about a row\n\n";
    }

    private static String rows(QuarantinePage page) {
        var keys = page.keyColumns().stream().map(TextTable::left);
        var table = new TextTable(Stream.of(
                        Stream.of(TextTable.right("NUMBER")),
                        keys,
                        Stream.of(
                                TextTable.left("SQLSTATE"),
                                TextTable.left("MESSAGE"),
                                TextTable.right("SHARD"),
                                TextTable.right("RETRIES"),
                                TextTable.left("AT")))
                .flatMap(columns -> columns)
                .toArray(TextTable.Column[]::new));
        for (var row : page.rows()) {
            var cells = new ArrayList<Object>();
            cells.add(row.number());
            cells.addAll(row.key());
            cells.add(row.sqlState());
            cells.add(row.message());
            cells.add(row.shard());
            cells.add(row.retries());
            cells.add(HumanTime.moment(row.at()));
            table.row(cells.toArray());
        }
        return table.render();
    }
}
