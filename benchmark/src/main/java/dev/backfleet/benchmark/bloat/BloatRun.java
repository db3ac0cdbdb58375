package dev.backfleet.benchmark.bloat;

/**
 * What one way came to in one round.
 *
 * @param passes in how many passes the rows were changed
 * @param rowsPerSecond rows changed per second
 * @param walPerRow bytes of the write-ahead log for each row
 * @param hot the share of the updates that stayed on their pages
 * @param tableGrowth by how much the table grew, as a share of its size before
 * @param indexGrowth the same of all its indexes together
 */
public record BloatRun(
        int round,
        BloatWay way,
        int passes,
        double rowsPerSecond,
        double walPerRow,
        double hot,
        double tableGrowth,
        double indexGrowth) {}
