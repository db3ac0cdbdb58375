package dev.backfleet.common.postgres.batch;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;

/** The change of a row in SQL, the same wherever a row is changed. For plain JDBC statements only. */
public final class RowChange {
    private final UpdateRows update;

    public RowChange(UpdateRows update) {
        this.update = update;
    }

    public String assignments() {
        return update.set().stream()
                .map(a -> Identifier.of(a.column()).quoted() + " = "
                        + SqlExpression.parse(a.expression()).jdbcParenthesized())
                .collect(joining(", "));
    }

    /** The condition on rows that still need the change, beginning with AND; empty if all rows do. */
    public String andWhere() {
        var where = update.where();
        return where == null ? "" : "\n    and " + SqlExpression.parse(where).jdbcParenthesized();
    }
}
