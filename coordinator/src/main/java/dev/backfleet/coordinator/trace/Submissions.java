package dev.backfleet.coordinator.trace;

import java.util.Optional;

/** The spans by which jobs were submitted. */
@FunctionalInterface
public interface Submissions {
    /** The span of the command that has submitted a job, as in the header {@code traceparent}; empty if it made none. */
    Optional<String> traceparent(long job);
}
