package dev.backfleet.coordinator.duty;

import java.util.Optional;

/** Stores the failures of single jobs, so that their status shows them. */
public interface Problems {

    /** Takes no failure for that of a single job, and stores nothing. */
    Problems NONE = new Problems() {
        @Override
        public Optional<String> why(RuntimeException failure) {
            return Optional.empty();
        }

        @Override
        public void tell(long job, String what, String why) {
            throw new UnsupportedOperationException("nothing is stored");
        }

        @Override
        public void over(long job, String what) {}
    };

    /**
     * The cause, in words without values of rows; nothing if the failure does not concern a single job, such as a lost
     * connection.
     */
    Optional<String> why(RuntimeException failure);

    /** Stores that something fails for a job. */
    void tell(long job, String what, String why);

    /** Stores that it no longer fails. */
    void over(long job, String what);
}
