package dev.backfleet.coordinator.report;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.backfleet.coordinator.problem.JobReport;
import dev.backfleet.coordinator.query.JobCost;
import dev.backfleet.coordinator.query.ShardMap;
import dev.backfleet.coordinator.query.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job with its map in JSON.
 *
 * @param job the job
 * @param shardMap where in its key space it is; null if that is not known
 * @param shardMapNote why it is not known; null if it is, or if the job has no shards yet
 * @param cost what the job has cost; null until it has finished
 */
public record MapReport(
        @JsonUnwrapped JobReport job,
        @Nullable Buckets shardMap,
        @Nullable String shardMapNote,
        @Nullable JobCost cost) {

    public static MapReport of(Snapshot snapshot) {
        var map = snapshot.map();
        return new MapReport(
                JobReport.of(snapshot), map.buckets() == 0 ? null : Buckets.of(map), map.note(), snapshot.cost());
    }

    /**
     * The shards of each bucket, the first keys first, each list on one line: there may be a thousand.
     *
     * @param bucketShards how many shards of the plan a bucket has
     * @param total the shards of each bucket
     * @param done how many of them are DONE
     * @param inFlight how many are DISPATCHED or RUNNING
     * @param failed how many are FAILED
     */
    public record Buckets(
            int bucketShards,
            @JsonRawValue String total,
            @JsonRawValue String done,
            @JsonRawValue String inFlight,
            @JsonRawValue String failed) {
        static Buckets of(ShardMap map) {
            return new Buckets(
                    map.width(), list(map.total()), list(map.done()), list(map.inFlight()), list(map.failed()));
        }

        private static String list(List<Integer> counts) {
            return counts.toString();
        }
    }
}
