package dev.backfleet.worker.execute;

/** Whether the database can be reached, as far as it is known. */
public interface Reachability {
    /** Whether the database is known to be unreachable or read-only, so that sending statements is useless. */
    boolean isUnreachable();

    /** Reports that a connection was lost, or that the server takes no writes. */
    void lost();
}
