package dev.backfleet.coordinator.pin.state;

/**
 * A trigger that an update of the columns of a job concerns.
 *
 * @param name its name in the catalog
 * @param table the table that it is on, or one of several partitions that have it, quoted where it must be
 * @param partitioned whether that table is a partitioned one
 * @param row whether it is for each row; otherwise for each statement
 * @param before whether it fires before the change
 * @param enabled when it fires, as in the catalog: {@code O} unless triggers are suppressed, {@code R} only then, {@code A} always,
 *     {@code D} never
 * @param harmless whether its function is PostgreSQL's own that only leaves out updates that change nothing
 * @param function the function that it calls, with schema and argument types
 * @param definer whether the function runs with the rights of its owner
 * @param language the language of the function
 * @param source the text of the function; what it is depends on the language
 */
public record TriggerState(
        String name,
        String table,
        boolean partitioned,
        boolean row,
        boolean before,
        String enabled,
        boolean harmless,
        String function,
        boolean definer,
        String language,
        String source) {}
