package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;

/**
 * What a table does by itself when its rows are updated: a trigger or a rewrite rule.
 *
 * @param kind what it is, and whether it is told of or refused
 * @param name its name
 * @param table the table that has it, or one of several partitions that do
 */
public record Reaction(Kind kind, String name, JobDefinition.Table table) {

    /** What it is. */
    public enum Kind {
        /** A rule for UPDATE, with which a batch is no longer what it was written as. */
        RULE,
        /** A trigger for statements on a partitioned table, whose partitions are updated instead. */
        SILENT,
        /** A trigger that fires though triggers are suppressed: it is enabled ALWAYS, or for replicas. */
        UNSUPPRESSED,
        /** A trigger that can leave a row as it is. */
        VETO
    }
}
