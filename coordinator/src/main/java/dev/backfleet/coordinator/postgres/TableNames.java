package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.sql.Identifier;

/** How a pinned table's name is written in a statement. */
final class TableNames {
    private TableNames() {}

    /** The name with its schema, both quoted. */
    static String quoted(JobDefinition.Table table) {
        return Identifier.of(table.schema()).quoted() + "."
                + Identifier.of(table.name()).quoted();
    }
}
