package dev.backfleet.common.postgres.batch;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;

/** What a job does to a row, in SQL: the same wherever a row is changed. For statements of plain JDBC only. */
public final class RowChange {
    private final JobDefinition job;

    /** Of a job. */
    public RowChange(JobDefinition job) {
        this.job = job;
    }

    /** By which name the expressions know the row's table, a leaf of it too. */
    public String alias() {
        return Identifier.of(job.table().name()).quoted();
    }

    /** What follows SET. */
    public String assignments() {
        return job.set().stream()
                .map(a -> Identifier.of(a.column()).quoted() + " = "
                        + SqlExpression.parse(a.expression()).jdbcParenthesized())
                .collect(joining(", "));
    }

    /** The condition on rows that still need it, with an AND before it; nothing if all do. */
    public String andWhere() {
        var where = job.where();
        return where == null ? "" : "\n    and " + SqlExpression.parse(where).jdbcParenthesized();
    }

    /** A key column of the row, from 1, with the table's name before it. */
    public String key(int column) {
        return alias() + "." + Identifier.of(job.key().get(column - 1).name()).quoted();
    }
}
