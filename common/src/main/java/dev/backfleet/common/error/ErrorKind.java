package dev.backfleet.common.error;

/** What follows from an error of the database. */
public enum ErrorKind {
    /** The statement was in the way of others, or resources were short: again, smaller, later. */
    TRANSIENT("tried again, smaller and later"),
    /** The statement took longer than its time limit: as transient, and a row that takes too long alone is quarantined. */
    TIMED_OUT("tried again with fewer rows; one row alone gets `batch.row-timeout`, then it is quarantined"),
    /** As transient, but it is unknown whether the batch was committed: the checkpoint is read back first. */
    CONNECTION_LOST("connects anew and reads the checkpoint back"),
    /** The server cannot take the job's writes now: the job pauses itself and says why. */
    ENVIRONMENT("the job pauses itself and says why"),
    /** A row is rejected: it is looked for, and put into quarantine. */
    REFUSED_ROW("the row is found and quarantined"),
    /** The statement no longer fits the table: the job halts. */
    SCHEMA_CHANGED("the job halts and says why"),
    /** No row's error, and nothing else is known of it: the shard ends as FAILED, for a person to look at. */
    UNKNOWN("the shard is FAILED");

    private final String consequence;

    ErrorKind(String consequence) {
        this.consequence = consequence;
    }

    /** What happens then, in words. */
    public String consequence() {
        return consequence;
    }
}
