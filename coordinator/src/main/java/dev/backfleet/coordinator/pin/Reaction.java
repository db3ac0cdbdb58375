package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;

/**
 * A trigger or rewrite rule that an update of rows fires.
 *
 * @param table the table that has it, or one of several partitions that do
 */
public record Reaction(Kind kind, String name, JobDefinition.Table table) {

    /** What it is. */
    public enum Kind {
        /** A rule for UPDATE, which rewrites the statement of a batch. */
        RULE,
        /** A statement trigger on a partitioned table; batches update its partitions instead. */
        SILENT,
        /** A trigger that fires although triggers are suppressed: it is enabled ALWAYS or REPLICA. */
        UNSUPPRESSED,
        /** A trigger that can keep a row unchanged. */
        VETO,
        /** Any other trigger that fires. */
        FIRES
    }
}
