package dev.backfleet.coordinator.pin.state;

import org.jspecify.annotations.Nullable;

/**
 * A table of a job: the one that the spec names, or one of its partitions.
 *
 * @param name schema and name, each quoted where it must be
 * @param root whether it is the one that the spec names
 * @param leaf whether it holds rows itself
 * @param unlogged whether its changes are not in the write-ahead log
 * @param parent the table that it inherits from without being a partition, as {@code name}; null if it does not
 * @param pages its pages now; 0 if it has no rows of its own
 * @param toastPages the pages of its large values
 * @param indexPages the pages of its indexes
 * @param rows about how many rows it has, from the last vacuum or analyze; negative or 0 if that is not known
 * @param live its live rows, as the statistics count them
 * @param dead its dead rows, as the statistics count them
 * @param analyzed whether the planner has statistics of it, or can do without since it is small
 * @param fillfactor how full a page is filled by inserts, in percent
 * @param autovacuum whether autovacuum is on for it
 * @param vacuumAfter the number of dead rows after which autovacuum begins
 * @param toFreeze for how many transactions its oldest row has not been frozen
 * @param identity how an update identifies a row for logical replication
 */
public record RelationState(
        String name,
        boolean root,
        boolean leaf,
        boolean unlogged,
        @Nullable String parent,
        long pages,
        long toastPages,
        long indexPages,
        double rows,
        long live,
        long dead,
        boolean analyzed,
        int fillfactor,
        boolean autovacuum,
        double vacuumAfter,
        long toFreeze,
        Identity identity) {

    /** How a row of a table is identified for logical replication. */
    public enum Identity {
        /** By a key. */
        KEY,
        /** By the whole row. */
        FULL,
        /** Not at all: updates of a published table are rejected. */
        NONE
    }
}
