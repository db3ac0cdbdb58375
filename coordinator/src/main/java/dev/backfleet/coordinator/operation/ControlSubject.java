package dev.backfleet.coordinator.operation;

import org.jspecify.annotations.Nullable;

/**
 * The target of a pause, resume or cancel, as a person names it.
 *
 * @param job a job's id or name; null: the whole fleet
 * @param tenant a tenant of the job, as text that PostgreSQL reads; null: the whole job
 */
public record ControlSubject(@Nullable String job, @Nullable String tenant) {

    /** Every job. */
    public static final ControlSubject FLEET = new ControlSubject(null, null);

    public ControlSubject {
        if (job == null && tenant != null) {
            throw new IllegalArgumentException("a tenant without a job");
        }
    }

    /** One job. */
    public static ControlSubject job(String job) {
        return new ControlSubject(job, null);
    }

    /** One tenant of a job. */
    public static ControlSubject tenant(String job, String tenant) {
        return new ControlSubject(job, tenant);
    }

    /** The job as it was named, or the fleet. */
    public String words() {
        return job == null ? "the fleet" : job;
    }
}
