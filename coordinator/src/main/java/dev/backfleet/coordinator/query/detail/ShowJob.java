package dev.backfleet.coordinator.query.detail;

import dev.backfleet.coordinator.operation.Lookup;
import java.util.Optional;

/** The query for what a job is: spec, snapshot, limits, and who asked for them. */
public final class ShowJob {
    private final Lookup lookup;
    private final Jobs jobs;

    public ShowJob(Lookup lookup, Jobs jobs) {
        this.lookup = lookup;
        this.jobs = jobs;
    }

    /**
     * A job in detail.
     *
     * @param job its id or name
     * @throws dev.backfleet.coordinator.operation.OperationRefused NOT_FOUND
     */
    public JobDetails run(String job) {
        var id = lookup.job(job);
        return jobs.details(id).orElseThrow(() -> Lookup.gone(id));
    }

    /** The stored jobs. */
    @FunctionalInterface
    public interface Jobs {
        /** A job in detail; nothing if there is no such job. */
        Optional<JobDetails> details(long job);
    }
}
