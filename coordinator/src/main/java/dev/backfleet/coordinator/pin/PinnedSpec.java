package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import java.util.List;

/**
 * A spec that was held against the database and passed.
 *
 * @param definition what it is pinned to
 * @param leaves the tables that hold the rows
 * @param columns the names of the columns that it uses: none of them may change while the job goes on
 * @param notes what the person should know, though it is no error
 */
public record PinnedSpec(
        JobDefinition definition, List<JobDefinition.Table> leaves, List<String> columns, List<String> notes) {
    /** Copies the lists. */
    public PinnedSpec {
        leaves = List.copyOf(leaves);
        columns = List.copyOf(columns);
        notes = List.copyOf(notes);
    }
}
