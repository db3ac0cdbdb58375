package dev.backfleet.common.job.kind;

/** Whether the table's triggers fire when a job changes a row. */
public enum Triggers {
    /** Triggers fire, as for any other change. */
    FIRE,
    /** Triggers do not fire, except for ENABLE ALWAYS and ENABLE REPLICA; foreign keys are not checked. */
    SUPPRESS
}
