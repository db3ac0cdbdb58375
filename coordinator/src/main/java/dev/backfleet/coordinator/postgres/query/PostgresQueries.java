package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.postgres.cost.CostRow;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.query.FleetStatus;
import dev.backfleet.coordinator.query.JobCost;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.ListJobs;
import dev.backfleet.coordinator.query.ListWorkers;
import dev.backfleet.coordinator.query.ShowStatus;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;

/** Answers the queries about jobs and workers. */
public final class PostgresQueries implements Lookup.Store, ShowStatus.Jobs, ListJobs.Jobs, ListWorkers.Workers {
    /** A session that sets this to on has made itself read-only: that says nothing about the server. */
    public static final String READS_ONLY = "backfleet.reads_only";

    private final Database database;
    private final PostgresTenants tenants;

    public PostgresQueries(Database database) {
        this.database = database;
        this.tenants = new PostgresTenants(database);
    }

    @Override
    public Optional<Long> find(String idOrName) {
        return database.read(connection -> JobStore.find(connection, idOrName));
    }

    @Override
    public Optional<JobState> state(long job) {
        return database.jdbi().withHandle(handle -> new JobStore(handle).state(job));
    }

    @Override
    public boolean followsTenants(long job) {
        return tenants.follows(job);
    }

    @Override
    public Optional<String> tenant(long job, String tenant) {
        return tenants.find(job, tenant);
    }

    @Override
    public List<String> otherSpellings(Scope.Tenant scope) {
        return tenants.otherSpellings(scope);
    }

    /** The status of a job. */
    public Optional<JobStatus> job(long id) {
        return read(handle -> status(handle).job(id));
    }

    @Override
    public List<JobStatus> jobs(boolean all) {
        return database.jdbi().inTransaction(handle -> status(handle).jobs(all));
    }

    @Override
    public List<JobStatus> jobs(ListJobs.Filter filter) {
        return database.jdbi().inTransaction(handle -> status(handle).jobs(filter));
    }

    @Override
    public List<WorkerStatus> workers() {
        return read(handle -> new FleetStore(handle).workers());
    }

    private <T> T read(HandleCallback<T, RuntimeException> query) {
        return database.jdbi().withHandle(query);
    }

    private StatusStore status(Handle handle) {
        return new StatusStore(handle, database.formerPrimaries());
    }

    @Override
    public FleetStatus fleet() {
        return database.jdbi().withHandle(handle -> new FleetStore(handle).fleet(database.formerPrimaries()));
    }

    @Override
    public Optional<Snapshot> snapshot(long id) {
        return database.read(connection -> StatusStore.look(connection, id, database.formerPrimaries()))
                .map(this::complete)
                .map(this::withCost);
    }

    private Snapshot withCost(Snapshot look) {
        var job = look.job();
        return job.state().isTerminal()
                ? look.with(JobCost.of(
                        job,
                        read(handle -> CostRow.read(handle, job.id())).orElse(null),
                        look.fleet().at()))
                : look;
    }

    // What is asked only if something is wrong: while a leader renews its lease, commits do not wait for long.
    private Snapshot complete(Snapshot look) {
        var job = look.job();
        var stuck = look.isHeldUp();
        if (look.fleet().led() && !stuck) {
            return look;
        }
        return read(handle -> new Snapshot(
                job,
                look.fleet().led() ? look.fleet() : new FleetStore(handle).withCommitWait(look.fleet()),
                look.workers(),
                stuck ? new BlockerStore(handle).blockers(job.id()) : List.of(),
                look.map()));
    }
}
