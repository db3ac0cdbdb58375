package dev.backfleet.common.postgres.batch;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;

/** The change of a row in SQL, the same wherever a row is changed. For plain JDBC statements only. */
public final class RowChange {
    private final JobDefinition job;

    public RowChange(JobDefinition job) {
        this.job = job;
    }

    /** The name by which expressions refer to the row's table, or a leaf of it. */
    public String alias() {
        return Identifier.of(job.table().name()).quoted();
    }

    public String assignments() {
        return job.set().stream()
                .map(a -> Identifier.of(a.column()).quoted() + " = "
                        + SqlExpression.parse(a.expression()).jdbcParenthesized())
                .collect(joining(", "));
    }

    /** The condition on rows that still need the change, beginning with AND; empty if all rows do. */
    public String andWhere() {
        var where = job.where();
        return where == null ? "" : "\n    and " + SqlExpression.parse(where).jdbcParenthesized();
    }

    /** A key column of the row, from 1, with the table's name before it. */
    public String key(int column) {
        return alias() + "." + Identifier.of(job.key().get(column - 1).name()).quoted();
    }
}
