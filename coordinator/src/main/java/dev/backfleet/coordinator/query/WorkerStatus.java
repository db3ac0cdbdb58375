package dev.backfleet.coordinator.query;

import dev.backfleet.common.control.NotAccepting;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The status of a worker, in the order of the JSON output.
 *
 * @param slots the most shards that it works on at a time
 * @param busy how many it works on now
 * @param taking whether it accepts tasks
 * @param notAccepting why it accepts none; null while it does
 * @param seenAt the time of its last heartbeat, by the database's clock
 * @param alive whether that was within the last 5 seconds
 * @param shards the shards that it works on
 * @param recentBatches the jobs of which its batches did not get their locks in the last ten seconds, or were slow
 */
public record WorkerStatus(
        String id,
        String host,
        long pid,
        int slots,
        int busy,
        boolean taking,
        @Nullable NotTaking notAccepting,
        Instant startedAt,
        Instant seenAt,
        boolean alive,
        List<Held> shards,
        List<RecentBatches> recentBatches) {

    public WorkerStatus {
        shards = List.copyOf(shards);
        recentBatches = List.copyOf(recentBatches);
    }

    /**
     * Why a worker accepts no tasks, as its last heartbeat said.
     *
     * @param since since when, by the database's clock
     */
    public record NotTaking(NotAccepting reason, Instant since) {}

    /** A shard that a worker works on. */
    public record Held(long job, int shard) {}

    /**
     * Batches of a job in the last ten seconds.
     *
     * @param failed how many did not get their locks (55P03)
     * @param slow how many had one or two rows, and took longer than a batch is to take
     * @param of of how many: the committed ones, and those that did not get their locks
     */
    public record RecentBatches(long job, int failed, int slow, int of) {}
}
