package dev.backfleet.deploy.containers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * How long the shards of the only job stood between two batches, as seen by looking twenty times a second. A shard that
 * has not begun, or is done, does not stand.
 */
final class ShardPauses implements AutoCloseable {
    private static final long LOOK_MILLIS = 50;
    private static final String BEGUN =
            "select number, batches from backfleet.shard where batches > 0 and state in ('READY', 'RUNNING')";

    private record Batch(long count, long nanos) {}

    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor();
    private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
    private final HashMap<Long, Batch> last = new HashMap<>();
    private final TargetDatabase database;

    ShardPauses(TargetDatabase database) {
        this.database = database;
        looking.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Of all pauses between two batches of a shard, the one that 99 in 100 did not exceed. */
    Duration p99() {
        synchronized (pauses) {
            var sorted = pauses.stream().sorted().toList();
            return sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1);
        }
    }

    /** The longest pause. */
    Duration longest() {
        synchronized (pauses) {
            return Collections.max(pauses);
        }
    }

    /** How many pauses were seen. */
    int count() {
        return pauses.size();
    }

    private void look() {
        var now = System.nanoTime();
        database.pairs(BEGUN).forEach((shard, batches) -> {
            var before = last.get(shard);
            if (before == null || before.count() != batches) {
                if (before != null) {
                    pauses.add(Duration.ofNanos(now - before.nanos()));
                }
                last.put(shard, new Batch(batches, now));
            }
        });
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
