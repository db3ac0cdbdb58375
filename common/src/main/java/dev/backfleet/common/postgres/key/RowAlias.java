package dev.backfleet.common.postgres.key;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.sql.Identifier;

/** The name by which a job's expressions know the row's table, in a statement on one of its leaves too. */
public final class RowAlias {
    private final JobDefinition job;

    /** Of a job. */
    public RowAlias(JobDefinition job) {
        this.job = job;
    }

    /** The name, as it is written in SQL. */
    public String quoted() {
        return Identifier.of(job.table().name()).quoted();
    }

    /** A key column of the row, from 1, with the table's name before it. */
    public String key(int column) {
        return quoted() + "." + Identifier.of(job.key().get(column - 1).name()).quoted();
    }
}
