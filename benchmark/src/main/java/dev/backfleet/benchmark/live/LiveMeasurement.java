package dev.backfleet.benchmark.live;

import dev.backfleet.benchmark.report.Spread;

/**
 * The measurement of one way in one round.
 *
 * @param way the way that ran beside the application
 * @param round the round, from 1
 * @param alone the application's latencies without a backfill, just before or in between
 * @param traffic the application's latencies during the backfill
 * @param slowdowns p99 with the backfill divided by p99 alone, for each pair of a turn with and a turn without
 * @param backfill the rows changed meanwhile
 */
public record LiveMeasurement(
        LiveWay way, int round, Traffic alone, Traffic traffic, Spread slowdowns, Changed backfill) {

    /** How many times the p99 of the application alone its p99 was, in the median of the pairs. */
    double slowdown() {
        return slowdowns.median();
    }

    /**
     * What a backfill did until it ended, or its time was up.
     *
     * @param rows rows changed
     * @param seconds how long that took
     * @param complete whether it came to the end of the table
     */
    public record Changed(long rows, double seconds, boolean complete) {
        /** With what was changed after that. */
        public Changed plus(Changed later) {
            return new Changed(rows + later.rows, seconds + later.seconds, later.complete);
        }

        /** Rows per second. */
        public double rowsPerSecond() {
            return seconds > 0 ? rows / seconds : 0;
        }
    }
}
