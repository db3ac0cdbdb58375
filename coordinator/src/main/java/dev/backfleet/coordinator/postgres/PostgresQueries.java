package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.query.FleetStatus;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** What people ask about jobs and workers. */
public final class PostgresQueries {
    private final Database database;

    /** Creates it. */
    public PostgresQueries(Database database) {
        this.database = database;
    }

    /** The id of the job that a person means by an id or a name; of several with the name, the newest. */
    public Optional<Long> find(String idOrName) {
        return database.jdbi().withHandle(handle -> new JobStore(handle).find(idOrName));
    }

    /** How a job fares. */
    public Optional<JobStatus> job(long id) {
        return database.jdbi().withHandle(handle -> status(handle).job(id));
    }

    /**
     * The jobs that are not over, newest first, then those that are.
     *
     * @param all whether all that are over, or only the ten that were over last
     */
    public List<JobStatus> jobs(boolean all) {
        return database.jdbi().withHandle(handle -> status(handle).jobs(all));
    }

    /** The workers that were seen lately, those that are alive first. */
    public List<WorkerStatus> workers() {
        return database.jdbi()
                .inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> new FleetStore(handle).workers());
    }

    /** What a person must know of the database's servers, whatever the job is. */
    public List<String> formerPrimaries() {
        return database.formerPrimaries();
    }

    private StatusStore status(Handle handle) {
        return new StatusStore(handle, formerPrimaries());
    }

    /** What concerns all jobs. */
    public FleetStatus fleet() {
        return database.jdbi().withHandle(handle -> new FleetStore(handle).fleet());
    }

    /** A job with what concerns it, all of one moment; nothing if there is no such job. */
    public Optional<Snapshot> snapshot(long id) {
        return database.jdbi().inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> {
            var fleet = new FleetStore(handle);
            return status(handle).job(id).map(job -> new Snapshot(job, fleet.fleet(), fleet.workers()));
        });
    }
}
