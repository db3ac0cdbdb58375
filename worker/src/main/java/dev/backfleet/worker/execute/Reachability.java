package dev.backfleet.worker.execute;

/** Whether the database can be reached, as far as it is known. */
public interface Reachability {
    /** A database that is not probed: statements are always sent. */
    Reachability UNKNOWN = new Reachability() {
        @Override
        public boolean isReachable() {
            return true;
        }

        @Override
        public boolean isUnreachable() {
            return false;
        }

        @Override
        public void lost() {}
    };

    /** Whether the database answered last, and takes writes. */
    boolean isReachable();

    /** Whether it is known to be unreachable or read-only, so that sending statements is useless. */
    boolean isUnreachable();

    /** Reports that a connection was lost, or that the server takes no writes. */
    void lost();
}
