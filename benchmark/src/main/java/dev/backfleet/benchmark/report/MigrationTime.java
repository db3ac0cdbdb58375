package dev.backfleet.benchmark.report;

import dev.backfleet.benchmark.live.Traffic;

/**
 * What an application's users felt of one change of a table.
 *
 * @param way how it was made
 * @param round the round, from 1
 * @param alone before the change
 * @param outside while it was made, but for the requests for its locks and what is done under them; of plain statements, all of it
 * @param requests during those; of plain statements, nothing
 * @param seconds how long the change took
 * @param heldUpMs how long its requests and locks could hold statements up, milliseconds; 0: not measured
 * @param longestMs the longest of these at a time, milliseconds
 */
public record MigrationTime(
        MigrationWay way,
        int round,
        Traffic alone,
        Traffic outside,
        Traffic requests,
        double seconds,
        long heldUpMs,
        long longestMs) {

    /** How many times the p99 alone the p99 outside of the requests was. */
    public double slowdown() {
        return outside.p99() / alone.p99();
    }
}
