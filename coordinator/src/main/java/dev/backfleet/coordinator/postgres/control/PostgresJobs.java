package dev.backfleet.coordinator.postgres.control;

import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.duty.JobCompletion;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.job.LookBackStore;
import dev.backfleet.coordinator.postgres.shard.ShardStore;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The jobs in the control schema, as far as they can come to an end. */
public final class PostgresJobs implements JobCompletion.Jobs {
    private final Database database;
    private final boolean lookedBack;

    /** Creates it. Jobs end though nobody has looked at what they have left out. */
    public PostgresJobs(Database database) {
        this(database, false);
    }

    /**
     * Creates it.
     *
     * @param lookedBack whether a job that is to be looked at does not end before it was
     */
    public PostgresJobs(Database database, boolean lookedBack) {
        this.database = database;
        this.lookedBack = lookedBack;
    }

    @Override
    public List<Long> in(JobState state) {
        return database.jdbi().withHandle(handle -> new JobStore(handle).inState(state));
    }

    @Override
    public List<JobState> quiet(long job, JobState to) {
        return database.jdbi().withHandle(handle -> {
            var outcome = PauseProtocol.prove(handle, job);
            return outcome.moved() ? outcome.state().filter(to::equals).stream().toList() : List.of();
        });
    }

    @Override
    public void quietHalted() {
        for (var job : in(JobState.HALTED)) {
            database.jdbi().useHandle(handle -> {
                if (new ShardStore(handle).inFlight(job).any()) {
                    PauseProtocol.prove(handle, job);
                }
            });
        }
    }

    @Override
    public void quietFleetIfPaused() {
        database.jdbi().useHandle(handle -> {
            if (new ControlRepository(handle).desired(Scope.FLEET).equals(Optional.of(DesiredState.PAUSE))) {
                new ShardStore(handle).takeBack(Optional.empty());
            }
        });
    }

    @Override
    public List<JobState> finish(long job) {
        // Most looks find open shards, and lock nothing.
        var open = database.jdbi().withHandle(handle -> new ShardStore(handle).isOpen(job));
        return open
                ? List.of()
                : database.jdbi().inTransaction(handle -> {
                    var shards = new ShardStore(handle);
                    // What opens shards again, a retry, locks the job's row as well: it has committed, or comes after.
                    if (!new JobStore(handle).lock(job).equals(Optional.of(JobState.RUNNING))
                            || shards.isOpen(job)
                            || LookBackStore.of(handle, job).isWanted(lookedBack)
                            || shards.isOpen(job)) {
                        // In this order: what a new partition brings is open when the partition is no longer new.
                        return List.of();
                    }
                    var error = shards.firstError(job);
                    var end = error.isPresent() ? JobState.FAILED : JobState.SUCCEEDED;
                    return new JobStore(handle).move(job, Set.of(JobState.RUNNING), end, null, error.orElse(null))
                            ? List.of(end)
                            : List.of();
                });
    }
}
