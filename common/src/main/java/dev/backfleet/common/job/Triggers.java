package dev.backfleet.common.job;

/** What becomes of the table's triggers when a job changes a row. */
public enum Triggers {
    /** They fire, as for any other change. */
    FIRE,
    /** They do not, unless they are ENABLE ALWAYS or ENABLE REPLICA; nor are foreign keys checked. */
    SUPPRESS
}
