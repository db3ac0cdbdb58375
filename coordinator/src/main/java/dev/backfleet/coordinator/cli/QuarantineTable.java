package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.TextTable;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.QuarantinePage;
import java.util.ArrayList;
import java.util.stream.Stream;

/** Rows in quarantine as a table, with one column for each column of the key. */
final class QuarantineTable {
    private QuarantineTable() {}

    static String of(QuarantinePage page) {
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
