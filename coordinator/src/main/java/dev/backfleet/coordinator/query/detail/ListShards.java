package dev.backfleet.coordinator.query.detail;

import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Instant;
import java.util.Optional;

/** The query for the shards of a job, a page at a time. */
public final class ListShards {

    /** How many shards a page may have. */
    public static final int MOST = 1_000;

    private final Lookup lookup;
    private final Pages pages;

    public ListShards(Lookup lookup, Pages pages) {
        this.lookup = lookup;
        this.pages = pages;
    }

    /**
     * Shards in the order of their numbers.
     *
     * @param job its id or name
     * @param state only those in this state
     * @param bucket only those of this bucket of the job's map
     * @param after the number of the shard before the first; 0: from the beginning
     * @param limit how many, at most, from 1 to {@link #MOST}
     * @throws OperationRefused NOT_FOUND; INVALID if the limit or the bucket is out of range; CONFLICT if there is none,
     *     because they were pruned, or no map
     */
    public ShardPage run(String job, Optional<ShardState> state, Optional<Integer> bucket, int after, int limit) {
        if (limit < 1 || limit > MOST) {
            throw new OperationRefused(Code.INVALID, "--limit must be between 1 and " + MOST, null);
        }
        var id = lookup.job(job);
        if (bucket.isPresent()) {
            return page(id, job, state, bucket.get(), after, limit);
        }
        var page = pages.page(id, state, after, limit);
        if (page.shards().isEmpty()) {
            requireShards(id, job);
        }
        return page;
    }

    private ShardPage page(long id, String job, Optional<ShardState> state, int bucket, int after, int limit) {
        var buckets = pages.buckets(id);
        if (buckets == 0) {
            requireShards(id, job);
            throw new OperationRefused(
                    Code.CONFLICT, "there is no map of " + job + " yet", "'backfleet status " + job + "' says why");
        }
        if (bucket < 1 || bucket > buckets) {
            throw new OperationRefused(
                    Code.INVALID,
                    "--bucket must be between 1 and " + buckets + ", as many as the map of " + job + " has",
                    null);
        }
        return pages.pageOfBucket(id, bucket, state, after, limit);
    }

    private void requireShards(long id, String job) {
        pages.prunedAt(id).ifPresent(at -> {
            throw new OperationRefused(
                    Code.CONFLICT, "the shards of " + job + " were pruned on " + HumanTime.day(at), null);
        });
    }

    /** The stored shards. */
    public interface Pages {
        /** When a job's shards were pruned; nothing if they were not. */
        Optional<Instant> prunedAt(long job);

        /** Some shards of a job, those after a number. The cost must not grow with the number of the job's shards. */
        ShardPage page(long job, Optional<ShardState> state, int after, int limit);

        /** The number of the last bucket of a job's map; 0 if there is no map. */
        int buckets(long job);

        /** The same as {@link #page} of the shards in a bucket, and of those that were split from them. */
        ShardPage pageOfBucket(long job, int bucket, Optional<ShardState> state, int after, int limit);
    }
}
