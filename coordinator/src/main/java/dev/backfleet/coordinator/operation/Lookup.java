package dev.backfleet.coordinator.operation;

import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.List;
import java.util.Optional;

/** Finds jobs and tenants by the names that people give, and refuses names of which there are none. */
public final class Lookup {
    private final Store store;

    public Lookup(Store store) {
        this.store = store;
    }

    /**
     * The id of the job that a person means; of several with the name, the newest.
     *
     * @throws OperationRefused {@link Code#NOT_FOUND}
     */
    public long job(String idOrName) {
        return store.find(idOrName)
                .orElseThrow(() ->
                        new OperationRefused(Code.NOT_FOUND, "no job " + idOrName, "'backfleet jobs' lists them"));
    }

    /**
     * The id of a job whose shards follow tenants.
     *
     * @throws OperationRefused {@link Code#NOT_FOUND}; {@link Code#INVALID} if they do not
     */
    public long tenantJob(String idOrName) {
        var id = job(idOrName);
        requireTenants(id);
        return id;
    }

    /** A job's state. */
    public JobState state(long job) {
        return store.state(job).orElseThrow(() -> gone(job));
    }

    /** The state of the job that a scope is; nothing for the fleet and for a tenant. */
    public Optional<JobState> state(Scope scope) {
        return scope instanceof Scope.Job job ? Optional.of(state(job.id())) : Optional.empty();
    }

    /** The scope of a target, a tenant as PostgreSQL writes it. */
    public Scope scope(ControlSubject target) {
        var name = target.job();
        if (name == null) {
            return Scope.FLEET;
        }
        var job = job(name);
        var tenant = target.tenant();
        return tenant == null ? Scope.job(job) : tenantScope(job, tenant);
    }

    /** Other spellings under which the same tenant was paused, such as {@code 007} for {@code 7}. */
    public List<Scope> otherSpellings(Scope.Tenant scope) {
        return store.otherSpellings(scope).stream()
                .map(spelling -> Scope.tenant(scope.job(), spelling))
                .toList();
    }

    /** The refusal if a job was deleted a moment ago. */
    public static OperationRefused gone(long job) {
        return new OperationRefused(Code.NOT_FOUND, "job " + job + " no longer exists", null);
    }

    private Scope tenantScope(long job, String tenant) {
        requireTenants(job);
        return Scope.tenant(job, tenant(job, tenant));
    }

    /** Whether a job's shards follow tenants. */
    public boolean followsTenants(long job) {
        return store.followsTenants(job);
    }

    /**
     * A tenant as PostgreSQL writes it, of a job whose shards follow tenants.
     *
     * @throws OperationRefused {@link Code#NOT_FOUND} if no row has it
     */
    public String tenant(long job, String tenant) {
        return store.tenant(job, tenant)
                .orElseThrow(() -> new OperationRefused(
                        Code.NOT_FOUND,
                        "job " + job + " has no tenant " + tenant,
                        "'backfleet tenants " + job + "' lists them"));
    }

    private void requireTenants(long job) {
        if (!store.followsTenants(job)) {
            throw new OperationRefused(
                    Code.INVALID,
                    "the shards of job " + job
                            + " do not follow tenants: its spec names no tenant, or no index starts with "
                            + "it and continues with the key",
                    null);
        }
    }

    /** Jobs and tenants, as they are stored. */
    public interface Store {
        /** The id of the job that is meant by an id or a name. */
        Optional<Long> find(String idOrName);

        /** A job's state; nothing if there is no such job. */
        Optional<JobState> state(long job);

        /** Whether a job's shards follow tenants. */
        boolean followsTenants(long job);

        /** A tenant as PostgreSQL writes it; nothing if no row has it. */
        Optional<String> tenant(long job, String tenant);

        /** Other spellings under which the same tenant was paused. */
        List<String> otherSpellings(Scope.Tenant scope);
    }
}
