package dev.backfleet.coordinator.postgres.plan;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.kind.CopiedColumn;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.OnConflict;
import dev.backfleet.common.sql.Identifier;

/** What a job that copies rows would do, for people. */
final class CopyPreview {
    private CopyPreview() {}

    /**
     * The statement of a batch, without fence and checkpoint.
     *
     * @param from the table whose rows are copied, as it is written in SQL
     * @param rows the condition on its rows, beginning with a line break
     */
    static String statement(CopyRows copy, String from, String rows) {
        var names = copy.values().stream()
                .map(CopiedColumn::name)
                .map(name -> Identifier.of(name).toString())
                .collect(joining(", "));
        var values = copy.values().stream()
                .map(value -> "(" + value.expression().strip() + ")")
                .collect(joining(",\n    "));
        var back = copy.back().stream()
                .map(one -> Identifier.of(one.column()) + " = " + Identifier.of(one.from()) + " of its copy")
                .collect(joining(", "));
        return "insert into " + copy.into().shown() + " (" + names + ")\nselect " + values + "\nfrom " + from + rows
                + "\nfor no key update" + conflict(copy)
                + (back.isEmpty() ? "" : "\n-- and in each row: " + back);
    }

    private static String conflict(CopyRows copy) {
        if (copy.conflict() == OnConflict.FAIL) {
            return "";
        }
        var key = copy.into().key().stream()
                .map(column -> Identifier.of(column.name()).toString())
                .collect(joining(", "));
        var set = copy.values().stream()
                .map(CopiedColumn::name)
                .map(name -> Identifier.of(name) + " = excluded." + Identifier.of(name))
                .collect(joining(", "));
        return "\non conflict (" + key + ") do "
                + (copy.conflict() == OnConflict.UPDATE ? "update set " + set + ", if they differ" : "nothing");
    }
}
