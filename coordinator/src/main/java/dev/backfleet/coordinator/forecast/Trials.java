package dev.backfleet.coordinator.forecast;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batches that were run and rolled back.
 *
 * @param batches those that succeeded, in the order of their end
 * @param logged those of which the write-ahead log was measured
 * @param sessions how many batches ran at the same time, at most
 * @param heldUp how many were given up because another transaction held a lock for too long
 * @param rejectedBatches how many PostgreSQL has rejected
 * @param rejected why PostgreSQL rejected batches, without values of rows
 * @param deadRows how many versions of rows they left behind in the table, at most: vacuum removes them
 * @param note why there are fewer batches than planned; null if there are not
 */
public record Trials(
        List<TrialBatch> batches,
        List<LoggedBatch> logged,
        int sessions,
        int heldUp,
        int rejectedBatches,
        List<String> rejected,
        long deadRows,
        @Nullable String note) {
    public Trials {
        batches = List.copyOf(batches);
        logged = List.copyOf(logged);
        rejected = List.copyOf(rejected);
    }

    /** The batches that were run for something. */
    public List<TrialBatch> of(TrialBatch.Kind kind) {
        return batches.stream().filter(batch -> batch.kind() == kind).toList();
    }
}
