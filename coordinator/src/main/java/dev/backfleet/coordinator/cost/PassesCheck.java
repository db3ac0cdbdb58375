package dev.backfleet.coordinator.cost;

import dev.backfleet.coordinator.duty.EachJob;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * The duty of ending passes that win nothing. Where a transaction stays open, what an update leaves cannot be removed: the next one of the
 * page finds no room, and passes only cost. That is seen from the share of updates that stayed on their pages.
 */
public final class PassesCheck {
    /** Names this duty in the status of a job for which it fails. */
    public static final String WHAT = "looking at what its passes win";

    /** How often it reads. */
    public static final Duration EVERY = Duration.ofSeconds(2);

    /** With passes that win something, it is more than a half. */
    private static final double LEAST_SHARE = 0.3;

    /** So many whole shards of each slot are looked at: a first pass has no such updates. */
    private static final int SHARDS = 2;

    /** The server counts the updates of others, too: with more of them than this share, nothing follows. */
    private static final double MOST_OF_OTHERS = 0.5;

    private final Updates updates;
    private final EachJob each;
    private final Map<Long, Reading> begun = new HashMap<>();

    public PassesCheck(Updates updates, EachJob each) {
        this.updates = updates;
        this.each = each;
    }

    /** Looks at each job that makes passes, and has changed enough rows since the last look. */
    public void runOnce() {
        var readings = updates.inPasses();
        begun.keySet().retainAll(readings.stream().map(Reading::job).collect(Collectors.toSet()));
        for (var reading : readings) {
            each.run(reading.job(), () -> look(reading));
        }
    }

    private void look(Reading now) {
        var before = begun.putIfAbsent(now.job(), now);
        if (before == null
                || now.changed() - before.changed() < SHARDS * now.shardRows() * Math.max(1, now.running())) {
            return;
        }
        begun.put(now.job(), now);
        var share = now.hotShareSince(before);
        if (share.isPresent() && share.getAsDouble() < LEAST_SHARE) {
            updates.merge(now.job(), share.getAsDouble());
        }
    }

    /**
     * Counts so far.
     *
     * @param shardRows rows of a shard
     * @param running shards that are worked on
     * @param changed rows that the job has changed
     * @param updated updates of its tables, by anybody
     * @param hot how many of them stayed on their pages
     */
    public record Reading(long job, long shardRows, int running, long changed, long updated, long hot) {

        OptionalDouble hotShareSince(Reading before) {
            double own = changed - before.changed;
            var all = updated - before.updated;
            // The server publishes its counts a little later; after a crash it has none.
            return all < own * (1 - MOST_OF_OTHERS) || all > own * (1 + MOST_OF_OTHERS)
                    ? OptionalDouble.empty()
                    : OptionalDouble.of((double) (hot - before.hot) / all);
        }
    }

    /** The updates of the tables of jobs. */
    public interface Updates {
        /** Those of the jobs that are RUNNING in passes. */
        List<Reading> inPasses();

        /**
         * Lets a job do what is left of each shard in one pass, and notes why.
         *
         * @param share of the updates that stayed on their pages
         */
        void merge(long job, double share);
    }
}
