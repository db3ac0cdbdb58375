package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import java.util.List;
import java.util.stream.Stream;

/**
 * A spec that has passed the checks against the database.
 *
 * @param definition the job's definition, with the snapshot of its table
 * @param leaves the tables that hold the rows
 * @param columns the names of the columns that it uses: none of them may change while the job runs
 * @param warnings what the person who submits should know
 */
public record PinnedSpec(
        JobDefinition definition, List<JobDefinition.Table> leaves, List<String> columns, List<Warning> warnings) {
    public PinnedSpec {
        leaves = List.copyOf(leaves);
        columns = List.copyOf(columns);
        warnings = List.copyOf(warnings);
    }

    /** The same with further warnings. */
    public PinnedSpec with(List<Warning> more) {
        return new PinnedSpec(
                definition,
                leaves,
                columns,
                Stream.concat(warnings.stream(), more.stream()).toList());
    }

    /** The warnings that are stored with the job, and shown in its status. */
    public List<String> notes() {
        return warnings.stream()
                .filter(warning -> warning.code().kept())
                .map(Warning::line)
                .toList();
    }
}
