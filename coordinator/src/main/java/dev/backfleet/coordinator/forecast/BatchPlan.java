package dev.backfleet.coordinator.forecast;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How PostgreSQL executes the statement of a batch; names and order are an interface.
 *
 * @param table the table, or the leaf, for which it was planned
 * @param rows how many rows the batch was to have
 * @param scan how it finds the end of the batch, such as {@code Index Only Scan}
 * @param scanIndex the index that it scans for that; null: none
 * @param update how it finds the rows to change; empty: no row of this table can satisfy the condition, so none is read
 * @param updateIndex the index by which it finds them; null: none
 * @param updateByRange whether that index scan begins and ends with the batch
 * @param updateReads about how many rows it reads for that: those of the batch, or all that the job's condition selects
 * @param updateRows how many rows it expects to change
 * @param lines the whole plan, as EXPLAIN shows it
 */
public record BatchPlan(
        String table,
        int rows,
        String scan,
        @Nullable String scanIndex,
        String update,
        @Nullable String updateIndex,
        boolean updateByRange,
        long updateReads,
        long updateRows,
        List<String> lines) {
    /** So many times its own rows a batch may read: an index for {@code where} that finds few rows is no worse than the key's. */
    private static final int MOST_READS = 10;

    public BatchPlan {
        lines = List.copyOf(lines);
    }

    /** Whether both scans use an index, and read no more than a few times the rows of the batch; true if no row is read to be changed. */
    public boolean readsFewRows() {
        return scanIndex != null
                && (update.isEmpty() || (updateIndex != null && updateReads <= (long) MOST_READS * rows));
    }
}
