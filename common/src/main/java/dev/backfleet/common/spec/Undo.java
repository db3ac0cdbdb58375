package dev.backfleet.common.spec;

/** Whether the values that a job overwrites are kept. */
public enum Undo {
    /** They are lost. */
    NONE,
    /** They are kept in the control schema, so that {@code backfleet undo} can put them back. */
    KEEP
}
