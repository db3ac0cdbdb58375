package dev.backfleet.common.postgres.batch;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.job.kind.ComparedColumn;
import dev.backfleet.common.job.kind.ComparedCopy;
import dev.backfleet.common.postgres.key.RowAlias;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the expression that judges a row: 0 if it is as the job should have made it, 1 if it was left out, 2 if it has other
 * values, NULL if it cannot be told whether the job should have changed it; -1 if it has other values, from which its old columns
 * follow: it is in sync, and its new columns hold more than the old ones can.
 *
 * <p>A row was left out if the job's condition still selects it, or if none of its new columns has a value.
 */
public final class RowJudgement {
    private static final String SAME = "0";
    private static final String MISSING = "1";
    private static final String DIFFERENT = "2";
    private static final String NEW_ONLY = "-1";

    private final CompareRows compare;
    private final String table;
    private final String row;
    private final boolean forJdbc;

    private RowJudgement(JobDefinition job, boolean forJdbc) {
        this.compare = job.compareRows();
        this.table = job.table().name();
        this.row = new RowAlias(job).quoted();
        this.forJdbc = forJdbc;
    }

    /** The expression of a job that compares rows, over a row that has the job's alias; for plain JDBC statements only. */
    public static String finding(JobDefinition job) {
        return new RowJudgement(job, true).finding();
    }

    /** The condition for a row of which the judgement is NULL; most often a constant, where the whole judgement is not. */
    static String unjudged(JobDefinition job) {
        return new RowJudgement(job, true).unjudged();
    }

    /** The condition for a row that is wrong, as a spec would have it. */
    public static String wrong(JobDefinition job) {
        return "(" + new RowJudgement(job, false).finding() + ") > 0";
    }

    private String finding() {
        var copied = compare.copied();
        if (copied != null) {
            return ofCopy(copied);
        }
        if (!compare.selectionDependsOnChange(table)) {
            var judged = isTwoWay()
                    ? twoWay(unset())
                    : "when not (" + wrong() + ") then " + SAME + " when " + unset() + " then " + MISSING + " else "
                            + DIFFERENT + " end";
            return "case " + (compare.selected() == null ? "" : "when " + selected() + " is not true then null ")
                    + judged;
        }
        if (isTwoWay()) {
            return "case " + twoWay(selected() + " is true");
        }
        var broken = broken();
        return broken == null ? byExpressions() : byRule(broken);
    }

    private String unjudged() {
        if (compare.selected() == null) {
            return "false";
        }
        if (compare.copied() != null) {
            return toBeCopied() + " is not true";
        }
        if (!compare.selectionDependsOnChange(table)) {
            return selected() + " is not true";
        }
        return compare.different() == null && compare.down() == null
                ? selectedIfUnset() + " is not true and (" + selected() + " is true and (" + differs()
                        + ")) is not true"
                : "false";
    }

    // The values are computed outside of the query for the copy, whose columns may have the same names as those of the
    // row.
    private String ofCopy(ComparedCopy copied) {
        var values = new ArrayList<String>();
        var places = new HashMap<String, Integer>();
        var differs = new ArrayList<String>();
        for (var column : compare.compared()) {
            var place = places.size() + 1;
            places.put(column.name(), place);
            values.add(
                    "cast(" + parenthesized(column.expression()) + " as " + column.type() + ") as backfleet_v" + place);
            differs.add(differs(column, column.of("backfleet_t"), "backfleet_v.backfleet_v" + place));
        }
        var back = "cast(%s.%s as \"pg_catalog\".\"text\") collate \"pg_catalog\".\"C\"";
        for (var column : copied.back()) {
            differs.add(back.formatted(row, Identifier.of(column.column()).quoted()) + " is distinct from "
                    + back.formatted("backfleet_t", Identifier.of(column.from()).quoted()));
        }
        var isCopy = copied.into().key().stream()
                .map(key -> key.same(
                        "backfleet_t." + Identifier.of(key.name()).quoted(),
                        "backfleet_v.backfleet_v" + places.get(key.name())))
                .collect(joining(" and "));
        var judged = "(select coalesce((select case when " + String.join(" or ", differs) + " then " + DIFFERENT
                + " else " + SAME
                + " end from "
                + copied.into().quoted() + " as backfleet_t where " + isCopy + "), " + MISSING + ") from (select "
                + String.join(", ", values) + ") as backfleet_v)";
        return compare.selected() == null
                ? judged
                : "case when " + toBeCopied() + " is not true then null else " + judged + " end";
    }

    // A row that was copied is no longer selected if the condition names a column that was written back.
    private String toBeCopied() {
        return compare.selectionDependsOnChange(table) ? selectedIfUnset() : selected();
    }

    // A row that would not be selected with its new columns unset cannot be told from one that was changed: the job may
    // never have been meant to change it. That is decided first, since an expression may fail for such a row.
    private String byExpressions() {
        return "case when " + selectedIfUnset() + " is not true then case when " + selected() + " is true and ("
                + differs() + ") then " + MISSING + " end when not (" + differs() + ") then " + SAME + " when "
                + selected() + " is true then " + MISSING + " else " + DIFFERENT + " end";
    }

    private boolean isTwoWay() {
        return compare.down() != null && compare.recomputable();
    }

    // Of a row that is as the expressions give it, nothing else is computed.
    private String twoWay(String left) {
        return "when not (" + differs() + ") then " + SAME + " when " + left + " then " + MISSING + " when "
                + oldDiffers() + " then " + DIFFERENT + " else " + NEW_ONLY + " end";
    }

    private String oldDiffers() {
        return Objects.requireNonNull(compare.down()).stream()
                .map(this::differs)
                .collect(joining(" or ", "(", ")"));
    }

    /** The condition that decides instead of the expressions; null: they decide. */
    private @Nullable String broken() {
        if (compare.different() != null) {
            return parenthesized(compare.different()) + " is true";
        }
        return compare.down() == null ? null : oldDiffers();
    }

    private String byRule(String broken) {
        var missing = compare.recomputable()
                ? "when " + selected() + " is true and (" + differs() + ") then " + MISSING + " "
                : readsWhatWasSet() ? "" : "when " + selected() + " is true then " + MISSING + " ";
        return "case " + missing + "when " + broken + " then " + DIFFERENT + " else " + SAME + " end";
    }

    private boolean readsWhatWasSet() {
        return compare.compared().stream().anyMatch(column -> compare.names(column.expression(), table));
    }

    private String wrong() {
        var broken = broken();
        if (broken == null) {
            return differs();
        }
        return compare.recomputable() ? broken + " or " + unset() + " and (" + differs() + ")" : broken;
    }

    private String selected() {
        return parenthesized(String.valueOf(compare.selected()));
    }

    /** Whether the condition would select the row if the columns that were set had no value. */
    private String selectedIfUnset() {
        var columns = new ArrayList<String>();
        if (compare.copied() == null) {
            compare.compared().forEach(column -> columns.add(unset(column.name(), column.type())));
        } else {
            compare.copied().back().forEach(column -> columns.add(unset(column.column(), column.type())));
        }
        compare.selectedBy().stream()
                .map(name -> Identifier.of(name).quoted())
                .forEach(name -> columns.add(row + "." + name + " as " + name));
        return "(select " + selected() + " from (select " + String.join(", ", columns) + ") as " + row + ")";
    }

    private static String unset(String column, String type) {
        return "cast(null as " + type + ") as " + Identifier.of(column).quoted();
    }

    private String unset() {
        return compare.compared().stream()
                .map(column -> column.of(row) + " is null")
                .collect(joining(" and ", "(", ")"));
    }

    private String differs() {
        return compare.compared().stream().map(this::differs).collect(joining(" or "));
    }

    private String differs(ComparedColumn column) {
        return differs(
                column, column.of(row), "cast(" + parenthesized(column.expression()) + " as " + column.type() + ")");
    }

    private static String differs(ComparedColumn column, String is, String should) {
        return switch (column.equality()) {
            case VALUE -> is + " is distinct from " + should;
            case BYTES_OF_TEXT ->
                is + " collate \"pg_catalog\".\"C\" is distinct from " + should + " collate \"pg_catalog\".\"C\"";
            case OPERATOR ->
                "case when " + is + " is null then " + should + " is not null else (" + is + " " + column.operator()
                        + " " + should + ") is not true end";
            // Two row constructors would be compared column by column, with an operator of their type.
            case IMAGE -> record(is) + " operator(\"pg_catalog\".*<>) " + record(should);
        };
    }

    private static String record(String value) {
        return "cast(row(" + value + ") as \"pg_catalog\".\"record\")";
    }

    private String parenthesized(String expression) {
        var parsed = SqlExpression.parse(expression);
        return forJdbc ? parsed.jdbcParenthesized() : "(" + parsed.text() + "\n)";
    }
}
