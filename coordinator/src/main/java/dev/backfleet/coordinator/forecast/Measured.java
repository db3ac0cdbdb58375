package dev.backfleet.coordinator.forecast;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What batches that were run and rolled back took; names and order are an interface.
 *
 * @param batches how many there were
 * @param rows how many rows they scanned; those whose write-ahead log was measured count with the rows that they changed
 * @param sessions how many ran at the same time, at most
 * @param batchRows about how many rows a batch of the job will have, alone on the server
 * @param median the median duration of the batches with more than one row
 * @param p95 the 95th percentile of it
 * @param rowsPerSecond about how many rows one slot scans in a second, alone
 * @param slowdown how many times longer a batch takes if as many run as {@code sessions} says
 * @param changedShare the share of the scanned rows that was changed, from 0 to 1
 * @param hotShare the share of the changed rows whose update was HOT, from 0 to 1; null if none was changed
 * @param walPerRow bytes of the write-ahead log for each changed row; null if none was changed
 * @param fullPagesShare the share of these bytes that holds whole pages, as the first change of a page after a checkpoint does
 * @param heldUp how many batches were given up because another transaction held a lock for too long
 * @param rejected why PostgreSQL rejected batches, without values of rows
 * @param deadRows how many versions of rows were left behind in the table, at most: vacuum removes them
 * @param note why there are fewer batches than planned; null if there are not
 */
public record Measured(
        int batches,
        long rows,
        int sessions,
        long batchRows,
        Duration median,
        Duration p95,
        long rowsPerSecond,
        double slowdown,
        double changedShare,
        @Nullable Double hotShare,
        @Nullable Long walPerRow,
        @Nullable Double fullPagesShare,
        int heldUp,
        List<String> rejected,
        long deadRows,
        @Nullable String note) {
    public Measured {
        rejected = List.copyOf(rejected);
    }
}
