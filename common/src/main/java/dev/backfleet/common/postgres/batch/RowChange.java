package dev.backfleet.common.postgres.batch;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.UpdateRows;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;

/** What an update does to a row, in SQL: the same wherever a row is changed. For statements of plain JDBC only. */
public final class RowChange {
    private final UpdateRows update;

    /** Of an update. */
    public RowChange(UpdateRows update) {
        this.update = update;
    }

    /** What follows SET. */
    public String assignments() {
        return update.set().stream()
                .map(a -> Identifier.of(a.column()).quoted() + " = "
                        + SqlExpression.parse(a.expression()).jdbcParenthesized())
                .collect(joining(", "));
    }

    /** The condition on rows that still need it, with an AND before it; nothing if all do. */
    public String andWhere() {
        var where = update.where();
        return where == null ? "" : "\n    and " + SqlExpression.parse(where).jdbcParenthesized();
    }
}
