package dev.backfleet.coordinator.query;

import dev.backfleet.coordinator.operation.Lookup;
import java.util.Optional;

/** The question how a job fares. */
public final class ShowStatus {
    private final Lookup lookup;
    private final Jobs jobs;

    /** Asks of jobs. */
    public ShowStatus(Lookup lookup, Jobs jobs) {
        this.lookup = lookup;
        this.jobs = jobs;
    }

    /**
     * A job with what concerns it, all of one moment.
     *
     * @param job its id or name
     * @throws dev.backfleet.coordinator.operation.OperationRefused NOT_FOUND
     */
    public Snapshot run(String job) {
        return run(lookup.job(job));
    }

    /** The same of a job whose id is known. */
    public Snapshot run(long job) {
        return jobs.snapshot(job).orElseThrow(() -> Lookup.gone(job));
    }

    /** The jobs, as they are stored. */
    @FunctionalInterface
    public interface Jobs {
        /** A job with what concerns it, all of one moment; nothing if there is no such job. */
        Optional<Snapshot> snapshot(long job);
    }
}
