package dev.backfleet.coordinator.query;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The shards of a job by their place in the key space: how many of a bucket are in which state. A shard that was split from another
 * counts in the bucket of that one; what is none of the states waits. The lists have an entry for each bucket, the first keys first.
 *
 * @param width how many shards of the plan a bucket has; the last one may have fewer
 * @param total the shards of each bucket
 * @param done how many of them are DONE
 * @param inFlight how many are DISPATCHED or RUNNING
 * @param failed how many are FAILED
 * @param note why there are no buckets; null if there are
 */
public record ShardMap(
        int width,
        List<Integer> total,
        List<Integer> done,
        List<Integer> inFlight,
        List<Integer> failed,
        @Nullable String note) {

    public ShardMap {
        total = List.copyOf(total);
        done = List.copyOf(done);
        inFlight = List.copyOf(inFlight);
        failed = List.copyOf(failed);
    }

    /** There are no buckets. */
    public static ShardMap none(@Nullable String note) {
        return new ShardMap(0, List.of(), List.of(), List.of(), List.of(), note);
    }

    /** How many buckets there are. */
    public int buckets() {
        return total.size();
    }

    /** Some neighbouring buckets together, those from an index up to another, which is not included. */
    public Part part(int from, int to) {
        return new Part(sum(total, from, to), sum(done, from, to), sum(inFlight, from, to), sum(failed, from, to));
    }

    private static int sum(List<Integer> counts, int from, int to) {
        return IntStream.range(from, to).map(counts::get).sum();
    }

    /** Shards of some buckets, by state. */
    public record Part(int total, int done, int inFlight, int failed) {}
}
