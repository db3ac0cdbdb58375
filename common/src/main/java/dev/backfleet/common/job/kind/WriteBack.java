package dev.backfleet.common.job.kind;

/**
 * A column of the copied row that is given a value of the row's copy.
 *
 * @param column the column's name, in the job's own table
 * @param number its attribute number
 * @param type its type without length or precision, written so that a cast to it works under any search path
 * @param from the column of the table that took the copy
 */
public record WriteBack(String column, int number, String type, String from) {}
