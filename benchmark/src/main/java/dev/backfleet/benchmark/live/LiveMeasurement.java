package dev.backfleet.benchmark.live;

/**
 * What one way did in one round.
 *
 * @param way what ran beside the application
 * @param round in which round, from 1
 * @param traffic what the application's users saw meanwhile
 * @param backfill what was changed meanwhile
 */
public record LiveMeasurement(LiveWay way, int round, Traffic traffic, Changed backfill) {

    /**
     * What a backfill did until it ended, or its time was up.
     *
     * @param rows rows changed
     * @param seconds how long that took
     * @param complete whether it came to the end of the table
     */
    public record Changed(long rows, double seconds, boolean complete) {
        /** Rows per second. */
        public double rowsPerSecond() {
            return seconds > 0 ? rows / seconds : 0;
        }
    }
}
