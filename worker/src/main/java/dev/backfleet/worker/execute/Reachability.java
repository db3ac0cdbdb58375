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

    /** Whether the database answered when it was last doubted. */
    boolean isReachable();

    /** Whether it is known to be away, so that it is no use to ask it. */
    boolean isUnreachable();

    /** Says that a connection was lost. */
    void lost();
}
