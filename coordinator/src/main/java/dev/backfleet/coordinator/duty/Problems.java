package dev.backfleet.coordinator.duty;

import java.util.Optional;

/** Where it is kept what fails for a job, for its status. */
public interface Problems {

    /** Every failure is everybody's: nothing is kept. */
    Problems NONE = new Problems() {
        @Override
        public Optional<String> why(RuntimeException failure) {
            return Optional.empty();
        }

        @Override
        public void tell(long job, String what, String why) {
            throw new UnsupportedOperationException("nothing is kept");
        }

        @Override
        public void over(long job, String what) {}
    };

    /** Why it failed, in words without values of rows; nothing if the failure is not the job's, such as a lost connection. */
    Optional<String> why(RuntimeException failure);

    /** Stores that something fails for a job. */
    void tell(long job, String what, String why);

    /** Stores that it fails no more. */
    void over(long job, String what);
}
