package dev.backfleet.benchmark.report;

/**
 * What a row took, in microseconds.
 *
 * @param insert an INSERT of a row in the old shape, a transaction each
 * @param other an UPDATE of a row's other column, a transaction each
 * @param watched an UPDATE of the column of the old shape, a transaction each
 * @param batch a row of the job's UPDATE, in which the sync does not fire
 */
public record SyncTime(int round, SyncWay way, double insert, double other, double watched, double batch) {}
