package dev.backfleet.coordinator.query.reconcile;

/** What a reconcile says of a job, or of a tenant. */
public enum Outcome {
    /** Every row is as the job should have made it. */
    SAFE,
    /** Rows are not as the job should have made them. */
    DRIFT,
    /** No such row was found, but it is not certain that there is none. */
    INCOMPLETE
}
