package dev.backfleet.common.job.kind;

/**
 * The new value of one column.
 *
 * @param column the column's name in the catalog
 * @param number its attribute number
 * @param expression the SQL expression over the row, as the spec has it
 */
public record Assignment(String column, int number, String expression) {}
