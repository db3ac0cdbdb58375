package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.sql.Identifier;

/** Writes the name of a job's table in a statement. */
public final class TableNames {
    private TableNames() {}

    /** The same for a statement that goes through Jdbi, which would look for parameters in a quoted name. */
    public static String escaped(JobDefinition.Table table) {
        return Identifier.of(table.schema()).escaped() + "."
                + Identifier.of(table.name()).escaped();
    }

    /** The name with its schema, both quoted: for plain JDBC, for PostgreSQL's functions, and for people. */
    public static String quoted(JobDefinition.Table table) {
        return Identifier.of(table.schema()).quoted() + "."
                + Identifier.of(table.name()).quoted();
    }

    /** The name with its schema, quoted where it must be. */
    public static String shown(JobDefinition.Table table) {
        return Identifier.of(table.schema()) + "." + Identifier.of(table.name());
    }
}
