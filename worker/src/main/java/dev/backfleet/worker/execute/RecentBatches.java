package dev.backfleet.worker.execute;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Failure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the batches of each job went in the last seconds: how many did not get their locks, and how many were slow although they had
 * next to no rows. A job that creeps forward commits batches, and each of its shards advances: only these shares tell why it is slow.
 */
public final class RecentBatches {
    /** How far back it counts. */
    static final Duration WITHIN = Duration.ofSeconds(10);

    /** A batch of at most so many rows could not have fewer: it is as long as it is because of its rows, not of their number. */
    private static final int FEW_ROWS = 2;

    private static final Duration BUCKET = Duration.ofSeconds(1);

    private final Ticker ticker;
    private final Map<Long, Deque<Bucket>> jobs = new TreeMap<>();

    RecentBatches(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * A batch of a job was committed.
     *
     * @param result what it did
     * @param took how long it took, its waits for locks included
     */
    void committed(long job, BatchResult result, Duration took) {
        var slow = result.walked() > 0
                && result.walked() <= FEW_ROWS
                && took.compareTo(result.limits().batchDuration()) > 0;
        add(job, 0, slow ? 1 : 0);
    }

    /** A statement of a job failed; only one that did not get its locks counts. */
    void failed(long job, Failure failure) {
        if (failure.code().equals(SqlStateCodes.LOCK_NOT_AVAILABLE)) {
            add(job, 1, 0);
        }
    }

    private synchronized void add(long job, int failed, int slow) {
        var now = ticker.now();
        var buckets = jobs.computeIfAbsent(job, id -> new ArrayDeque<>());
        var last = buckets.peekLast();
        if (last == null || now.minus(last.since).compareTo(BUCKET) >= 0) {
            last = new Bucket(now);
            buckets.addLast(last);
        }
        last.all++;
        last.failed += failed;
        last.slow += slow;
    }

    /** The jobs of which a batch did not get its locks or was slow in the last seconds, by id. */
    public synchronized Map<Long, Count> recent() {
        var oldest = ticker.now().minus(WITHIN);
        var counts = new TreeMap<Long, Count>();
        jobs.values().removeIf(buckets -> {
            buckets.removeIf(bucket -> bucket.since.compareTo(oldest) < 0);
            return buckets.isEmpty();
        });
        jobs.forEach((job, buckets) -> {
            var count = new Count(
                    buckets.stream().mapToInt(bucket -> bucket.failed).sum(),
                    buckets.stream().mapToInt(bucket -> bucket.slow).sum(),
                    buckets.stream().mapToInt(bucket -> bucket.all).sum());
            if (count.failed > 0 || count.slow > 0) {
                counts.put(job, count);
            }
        });
        return counts;
    }

    /**
     * The batches of a job.
     *
     * @param failed those that did not get their locks
     * @param slow those of one or two rows that were committed, and took longer than a batch is to take
     * @param all the committed ones, and those that did not get their locks
     */
    public record Count(int failed, int slow, int all) {}

    private static final class Bucket {
        private final Duration since;
        private int failed;
        private int slow;
        private int all;

        private Bucket(Duration since) {
            this.since = since;
        }
    }
}
