package dev.backfleet.coordinator.postgres.control;

import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.duty.JobCompletion;
import dev.backfleet.coordinator.postgres.job.CompletenessStore;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.reconcile.ReconcileStore;
import dev.backfleet.coordinator.postgres.shard.ShardStore;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Pauses, cancels and ends jobs in the control schema. */
public final class PostgresJobs implements JobCompletion.Jobs {
    private final Database database;
    private final boolean checked;

    /** @param checked whether a job does not end before its completeness check */
    public PostgresJobs(Database database, boolean checked) {
        this.database = database;
        this.checked = checked;
    }

    @Override
    public List<Long> inState(JobState state) {
        return database.jdbi().withHandle(handle -> new JobStore(handle).inState(state));
    }

    @Override
    public List<JobState> quiesce(long job, JobState to) {
        return database.jdbi().withHandle(handle -> {
            var outcome = PauseProtocol.prove(handle, job);
            return outcome.moved() ? outcome.state().filter(to::equals).stream().toList() : List.of();
        });
    }

    @Override
    public void quiesceHalted() {
        for (var job : inState(JobState.HALTED)) {
            database.jdbi().useHandle(handle -> {
                if (new ShardStore(handle).inFlight(job).any()) {
                    PauseProtocol.prove(handle, job);
                }
            });
        }
    }

    @Override
    public void quiesceFleetIfPaused() {
        database.jdbi().useHandle(handle -> {
            if (new ControlRepository(handle).desired(Scope.FLEET).equals(Optional.of(DesiredState.PAUSE))) {
                PauseProtocol.proveFleet(handle);
            }
        });
    }

    @Override
    public List<JobState> finish(long job) {
        // Mostly there are open shards: then nothing is locked.
        var open = database.jdbi().withHandle(handle -> new ShardStore(handle).isOpen(job));
        return open
                ? List.of()
                : database.jdbi().inTransaction(handle -> {
                    var shards = new ShardStore(handle);
                    // A retry, which opens shards again, locks the job's row too: it has committed before, or comes
                    // after this.
                    if (!new JobStore(handle).lock(job).equals(Optional.of(JobState.RUNNING))
                            || shards.isOpen(job)
                            || CompletenessStore.of(handle, job).isWanted(checked)
                            || shards.isOpen(job)) {
                        // In this order: when a new partition is no longer new, its shards are open.
                        return List.of();
                    }
                    var error = shards.firstError(job);
                    var end = error.isPresent() ? JobState.FAILED : JobState.SUCCEEDED;
                    if (!new JobStore(handle)
                            .setStateIfIn(job, Set.of(JobState.RUNNING), end, null, error.orElse(null))) {
                        return List.of();
                    }
                    if (end == JobState.SUCCEEDED) {
                        new ReconcileStore(handle).close(job);
                    }
                    return List.of(end);
                });
    }
}
