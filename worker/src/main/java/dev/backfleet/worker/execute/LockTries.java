package dev.backfleet.worker.execute;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.worker.shard.Failure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many batches of each job did not get their locks in the last seconds. A job that creeps forward between rows that others have
 * locked commits batches, and each of its shards advances: only the ratio tells why it is slow.
 */
public final class LockTries {
    /** How far back it counts. */
    static final Duration WITHIN = Duration.ofSeconds(10);

    private static final Duration BUCKET = Duration.ofSeconds(1);

    private final Ticker ticker;
    private final Map<Long, Deque<Bucket>> jobs = new TreeMap<>();

    LockTries(Ticker ticker) {
        this.ticker = ticker;
    }

    /** A batch of a job was committed. */
    void committed(long job) {
        add(job, 0);
    }

    /** A statement of a job failed; only one that did not get its locks counts. */
    void failed(long job, Failure failure) {
        if (failure.code().equals(SqlStateCodes.LOCK_NOT_AVAILABLE)) {
            add(job, 1);
        }
    }

    private synchronized void add(long job, int failed) {
        var now = ticker.now();
        var buckets = jobs.computeIfAbsent(job, id -> new ArrayDeque<>());
        var last = buckets.peekLast();
        if (last == null || now.minus(last.since).compareTo(BUCKET) >= 0) {
            last = new Bucket(now);
            buckets.addLast(last);
        }
        last.all++;
        last.failed += failed;
    }

    /** The jobs of which a batch did not get its locks in the last seconds, by id. */
    public synchronized Map<Long, Count> recent() {
        var oldest = ticker.now().minus(WITHIN);
        var counts = new TreeMap<Long, Count>();
        jobs.values().removeIf(buckets -> {
            buckets.removeIf(bucket -> bucket.since.compareTo(oldest) < 0);
            return buckets.isEmpty();
        });
        jobs.forEach((job, buckets) -> {
            var failed = buckets.stream().mapToInt(bucket -> bucket.failed).sum();
            if (failed > 0) {
                counts.put(
                        job,
                        new Count(
                                failed,
                                buckets.stream().mapToInt(bucket -> bucket.all).sum()));
            }
        });
        return counts;
    }

    /**
     * The batches of a job.
     *
     * @param failed those that did not get their locks
     * @param all those and the committed ones
     */
    public record Count(int failed, int all) {}

    private static final class Bucket {
        private final Duration since;
        private int failed;
        private int all;

        private Bucket(Duration since) {
            this.since = since;
        }
    }
}
