package dev.backfleet.coordinator.postgres.trial;

import dev.backfleet.common.job.JobDefinition;
import java.util.List;

/**
 * A range of rows that a trial may change.
 *
 * @param leaf the table that holds them
 * @param after the key of the row before the first, as text by column
 * @param upTo the key of the last row
 */
record TrialPlace(JobDefinition.Table leaf, List<String> after, List<String> upTo) {
    TrialPlace {
        after = List.copyOf(after);
        upTo = List.copyOf(upTo);
    }
}
