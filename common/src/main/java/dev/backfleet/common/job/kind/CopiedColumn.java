package dev.backfleet.common.job.kind;

/**
 * A column of the table that takes copied rows, and what it is given.
 *
 * @param name the column's name in the catalog
 * @param number its attribute number
 * @param expression the SQL expression over the row that is copied, as the spec has it
 * @param type the column's type without length or precision, written so that a cast to it works under any search path: the column
 *     itself checks the length, as it does for an assignment
 */
public record CopiedColumn(String name, int number, String expression, String type) {}
