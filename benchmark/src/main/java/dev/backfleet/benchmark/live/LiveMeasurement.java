package dev.backfleet.benchmark.live;

import dev.backfleet.benchmark.report.Spread;

/**
 * What one way did in one round.
 *
 * @param way what ran beside the application
 * @param round in which round, from 1
 * @param alone what the application's users saw when nobody changed rows, just before or in between
 * @param traffic what the application's users saw meanwhile
 * @param slowdowns how many times its p99 alone its p99 was, pair by pair: one turn beside the way, and one alone
 * @param backfill what was changed meanwhile
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
