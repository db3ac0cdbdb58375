package dev.backfleet.worker.execute;

/** What is known of the way to the database, by whoever probes it. */
public interface Reachability {
    /** A database that nobody probes: it is always asked. */
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

    /** Whether the database answered, and takes writes, as it was last asked. */
    boolean isReachable();

    /** Whether it is known to be away, or to take no writes, so that it is no use to ask it. */
    boolean isUnreachable();

    /** Says that a connection was lost, or that the server takes no writes. */
    void lost();
}
