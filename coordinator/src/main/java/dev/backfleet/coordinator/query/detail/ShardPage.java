package dev.backfleet.coordinator.query.detail;

import dev.backfleet.common.job.ShardState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some shards of a job, in the order of their numbers.
 *
 * @param keyColumns the columns that a key is of
 * @param passes in how many passes the job walks over each shard
 * @param shards the shards
 * @param next the {@code after} of the next page; null if there is none
 */
public record ShardPage(
        List<String> keyColumns,
        int passes,
        List<ShardDetails> shards,
        @Nullable Integer next) {
    public ShardPage {
        keyColumns = List.copyOf(keyColumns);
        shards = List.copyOf(shards);
    }

    /**
     * A shard, in the order of the JSON output; names and order are an interface. Keys are as PostgreSQL writes them.
     *
     * @param number its number in the job
     * @param held whether it belongs to a paused tenant
     * @param wave the wave in which it is dispatched
     * @param lower the key that its range begins after; null: it begins with the first key
     * @param upper the key that its range ends with
     * @param cursor the key up to which its pass is done; null: the pass has not begun, and the shard has no lower key
     * @param pass the pass that is under way or comes first, or was the last one, from 1
     * @param merged whether there is no pass after it, since it takes the rows of all that are left
     * @param rowsWalked how many rows were scanned
     * @param rowsChanged how many of them were changed
     * @param batches how many batches were committed
     * @param worker the worker that works on it; null if none does
     * @param epoch how often it was claimed
     * @param lastBatchAt when its last batch was committed; null if none was
     * @param errorCode the SQLSTATE for which it FAILED; null otherwise
     * @param error why it FAILED, or what its worker reports of a shard that does not advance; null if it does
     */
    public record ShardDetails(
            int number,
            ShardState state,
            boolean held,
            int wave,
            @Nullable List<String> lower,
            List<String> upper,
            @Nullable List<String> cursor,
            int pass,
            boolean merged,
            long rowsWalked,
            long rowsChanged,
            long batches,
            @Nullable String worker,
            long epoch,
            @Nullable Instant lastBatchAt,
            @Nullable String errorCode,
            @Nullable String error) {}
}
