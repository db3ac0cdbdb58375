package dev.backfleet.common.job;

/**
 * A column of the key that a job walks.
 *
 * @param name the column's name in the catalog
 * @param number its attribute number, which survives renames and tells a re-created column from the pinned one
 * @param type its type, written so that a cast to it works under any search path
 */
public record KeyColumn(String name, int number, String type) {}
