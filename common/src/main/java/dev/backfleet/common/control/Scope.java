package dev.backfleet.common.control;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a control record is about. Its text is the key on the control topic: {@code fleet}, {@code job/ID} or
 * {@code job/ID/tenant/T}.
 */
public sealed interface Scope {

    Scope FLEET = new Fleet();

    /** The record's key on the control topic. */
    String key();

    static Scope job(long id) {
        return new Job(id);
    }

    /** One tenant of one job. */
    static Scope tenant(long job, String tenant) {
        return new Tenant(job, tenant);
    }

    /** The scope that {@code key} names; empty if the key is invalid. */
    static Optional<Scope> parse(String key) {
        if (key.equals("fleet")) {
            return Optional.of(FLEET);
        }
        var tenant = Tenant.KEY.matcher(key);
        if (tenant.matches()) {
            return Optional.of(tenant(Long.parseLong(tenant.group(1)), tenant.group(2)));
        }
        var match = Job.KEY.matcher(key);
        return match.matches() ? Optional.of(job(Long.parseLong(match.group(1)))) : Optional.empty();
    }

    /** Every job and every worker. */
    record Fleet() implements Scope {
        @Override
        public String key() {
            return "fleet";
        }
    }

    /**
     * One job.
     *
     * @param id the job's id
     */
    record Job(long id) implements Scope {
        private static final Pattern KEY = Pattern.compile("job/([1-9][0-9]{0,17})");

        @Override
        public String key() {
            return "job/" + id;
        }
    }

    /**
     * One tenant of one job.
     *
     * @param job the job's id
     * @param tenant the tenant column's value as text: compared only by PostgreSQL, in the column's type
     */
    record Tenant(long job, String tenant) implements Scope {
        private static final Pattern KEY = Pattern.compile("job/([1-9][0-9]{0,17})/tenant/(.*)", Pattern.DOTALL);

        @Override
        public String key() {
            return "job/" + job + "/tenant/" + tenant;
        }
    }
}
