package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import java.util.List;

/**
 * A spec that has passed the checks against the database.
 *
 * @param definition the job's definition, with the snapshot of its table
 * @param leaves the tables that hold the rows
 * @param columns the names of the columns that it uses: none of them may change while the job runs
 * @param notes remarks for the person who submits
 */
public record PinnedSpec(
        JobDefinition definition, List<JobDefinition.Table> leaves, List<String> columns, List<String> notes) {
    public PinnedSpec {
        leaves = List.copyOf(leaves);
        columns = List.copyOf(columns);
        notes = List.copyOf(notes);
    }
}
