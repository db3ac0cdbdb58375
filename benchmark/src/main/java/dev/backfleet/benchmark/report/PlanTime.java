package dev.backfleet.benchmark.report;

/**
 * What planning cost.
 *
 * @param table which table
 * @param rows how many rows it has
 * @param shards into how many shards it was cut
 * @param seconds how long that took: the median of several times
 */
public record PlanTime(String table, long rows, int shards, double seconds) {}
