package dev.backfleet.common.error;

/** How an error of PostgreSQL is handled. */
public enum ErrorKind {
    /** The statement conflicted with others, or resources were short: retried, smaller and later. */
    TRANSIENT("tried again, smaller and later"),
    /** The statement exceeded its time limit: as transient; a single row that takes too long is quarantined. */
    TIMED_OUT("tried again with fewer rows; one row alone gets `batch.row-timeout`, then it is quarantined"),
    /** As transient, but it is unknown whether the batch was committed, so the checkpoint is read back first. */
    CONNECTION_LOST("reconnects and reads the checkpoint back"),
    /** The server cannot accept the job's writes now: the job pauses itself and reports why. */
    ENVIRONMENT("the job pauses itself and says why"),
    /** A row is rejected: it is searched for and quarantined. */
    REFUSED_ROW("the row is found and quarantined"),
    /** The statement no longer fits the table: the job halts. */
    SCHEMA_CHANGED("the job halts and says why"),
    /** An error that no row caused and that has no other rule: the shard becomes FAILED and needs a person. */
    UNKNOWN("the shard is FAILED");

    private final String consequence;

    ErrorKind(String consequence) {
        this.consequence = consequence;
    }

    /** How the error is handled, in words. */
    public String consequence() {
        return consequence;
    }
}
