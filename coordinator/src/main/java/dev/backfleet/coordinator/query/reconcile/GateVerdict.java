package dev.backfleet.coordinator.query.reconcile;

/** The verdict of a reconcile on a job, or on a tenant. */
public enum GateVerdict {
    /** Every row is as the job should have made it. */
    SAFE,
    /** Rows are not as the job should have made them. */
    DRIFT,
    /** No such row was found, but it is not certain that there is none. */
    INCOMPLETE
}
