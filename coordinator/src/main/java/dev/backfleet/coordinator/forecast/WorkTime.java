package dev.backfleet.coordinator.forecast;

/**
 * How long a job takes, from its submission to its end: what its batches take, and what it takes beside them.
 *
 * <p>A shard's batches are shared out among the slots shard by shard, so that the last ones may leave slots idle. What a job takes beside
 * its batches is not measured by a trial; it does not depend on the table, and was measured once for all jobs.
 */
final class WorkTime {

    /**
     * Seconds from the submission until the table is cut into shards: the leader looks for new jobs with each tick of 0.2 s, and cuts the
     * table in 0.1 to 0.9 s (docs/benchmarks.md, tables of up to 4.5 million rows; larger ones are sampled).
     */
    private static final Interval PLANNING = new Interval(0.1, 1.1);

    /** Seconds from then to the first batch: a worker that has worked before claims in 0.1 s, a new one loads its classes for up to 0.9 s. */
    private static final Interval FIRST_CLAIM = new Interval(0.1, 1.0);

    /**
     * Seconds of a slot between two shards: the end of one is committed durably, as the claim of the next one is, and the task comes over
     * Kafka. 15 ms in the median on two idle cores (docs/benchmarks.md); a busy machine takes several times as long.
     */
    private static final Interval BETWEEN_SHARDS = new Interval(0.015, 0.06);

    /** Seconds from the last batch to the end: two duties of the leader see it, each with a tick of 0.2 s. */
    private static final Interval COMPLETION = new Interval(0.1, 0.5);

    /** Rows per second that the search for rows that were left out reads: all of them once, at most and at least. */
    private static final double SEARCHED_AT_MOST = 5_000_000;

    private static final double SEARCHED_AT_LEAST = 400_000;

    /** Seconds after which that search is ended: 3 s, and 1 s for a sample. */
    private static final double LONGEST_SEARCH = 4;

    /** Seconds until the last shards are split so finely that all slots have a part: idle slots get half of one each half second. */
    private static final double SPLITTING = 2;

    /** A worker's first batch of a job has so many rows, and the next ones at most half as many more (BatchSizer). */
    private static final double FIRST_BATCH = 500;

    private static final double GROWTH = 1.5;

    private final BatchCost cost;
    private final JobShape shape;
    private final double rows;
    private final int slots;
    private final double size;

    /**
     * For a job.
     *
     * @param rows how many rows it scans
     * @param slots how many slots work on it
     * @param size how many rows a batch has
     */
    WorkTime(BatchCost cost, JobShape shape, double rows, int slots, double size) {
        this.cost = cost;
        this.shape = shape;
        this.rows = rows;
        this.slots = slots;
        this.size = size;
    }

    /**
     * All of it in seconds.
     *
     * @param batches by how many times a batch takes longer than the trial's: at least, and at most
     * @param limited seconds that the limits of the spec let it take at least; zero without limits
     */
    Interval seconds(Interval batches, Interval limited) {
        return work(batches).atLeast(limited).plus(around());
    }

    /** Seconds beside the batches: before the first one, between two shards, and after the last one. */
    Interval beside() {
        var shards = Math.max(1, shape.shards()) / (double) slots;
        return around().plus(BETWEEN_SHARDS.times(shards));
    }

    private Interval around() {
        return PLANNING.plus(FIRST_CLAIM).plus(COMPLETION).plus(search());
    }

    private Interval search() {
        return shape.searched()
                ? new Interval(
                        Math.min(LONGEST_SEARCH, rows / SEARCHED_AT_MOST),
                        Math.min(LONGEST_SEARCH, rows / SEARCHED_AT_LEAST))
                : new Interval(0, 0);
    }

    private Interval work(Interval batches) {
        var shards = Math.max(1, shape.shards());
        var shard = shardSeconds(rows / shards);
        var least = shards * (shard * batches.low() + BETWEEN_SHARDS.low()) / slots;
        var most = shard * batches.high() + BETWEEN_SHARDS.high();
        var rounds = Math.ceil(shards / (double) slots);
        return new Interval(
                least, Math.min(rounds * most, shards * most / slots + SPLITTING) + firstBatches() * batches.high());
    }

    private double shardSeconds(double each) {
        return cost.seconds(each, cost.slowdown()) + (Math.ceil(each / size) - 1) * cost.fixed() * cost.slowdown();
    }

    // Until a slot's batches have their size, there are more of them.
    private double firstBatches() {
        var batches = Math.max(0, Math.log(size / FIRST_BATCH) / Math.log(GROWTH));
        return batches * cost.fixed() * cost.slowdown();
    }
}
