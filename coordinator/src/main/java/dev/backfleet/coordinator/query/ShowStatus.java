package dev.backfleet.coordinator.query;

import dev.backfleet.coordinator.operation.Lookup;
import java.util.Optional;

/** The query for the status of a job. */
public final class ShowStatus {
    private final Lookup lookup;
    private final Jobs jobs;

    public ShowStatus(Lookup lookup, Jobs jobs) {
        this.lookup = lookup;
        this.jobs = jobs;
    }

    /**
     * A job with the fleet and its workers, in one snapshot.
     *
     * @param job its id or name
     * @throws dev.backfleet.coordinator.operation.OperationRefused NOT_FOUND
     */
    public Snapshot run(String job) {
        return run(lookup.job(job));
    }

    /** The same for a job id. */
    public Snapshot run(long job) {
        return jobs.snapshot(job).orElseThrow(() -> Lookup.gone(job));
    }

    /** The stored jobs. */
    @FunctionalInterface
    public interface Jobs {
        /** A job with the fleet and its workers, in one snapshot; nothing if there is no such job. */
        Optional<Snapshot> snapshot(long job);
    }
}
