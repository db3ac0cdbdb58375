package dev.backfleet.coordinator.postgres.control;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.RetryShards;
import dev.backfleet.coordinator.operation.RetryShards.Retried;
import dev.backfleet.coordinator.operation.undo.Kept;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import dev.backfleet.coordinator.postgres.catalog.Refusal;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.quarantine.QuarantineStore;
import dev.backfleet.coordinator.postgres.shard.ShardSplits;
import dev.backfleet.coordinator.postgres.undo.KeptRowStore;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/** Makes FAILED shards PENDING: they continue from their checkpoints. */
public final class PostgresRetries implements RetryShards.Shards {

    private static final Set<JobState> PERMITTED =
            EnumSet.of(JobState.RUNNING, JobState.PAUSING, JobState.PAUSED, JobState.HALTED, JobState.FAILED);

    private static final String REOPEN_IF_FAILED = """
            update backfleet.shard set state = 'PENDING', error_code = null, error = null, not_before = null
            where job_id = :job and state = 'FAILED'
              and not exists (select from backfleet.job j where j.id = :job and j.pruned_at is not null)
            """;

    // A wave with an open shard is not done.
    private static final String WAVE_NOT_DONE = """
            update backfleet.job j set wave_done_at = null
            where j.id = :job and exists (select from backfleet.shard s
              where s.job_id = j.id and s.wave <= j.wave and s.state not in ('DONE', 'FAILED'))
            """;

    private final Database database;

    public PostgresRetries(Database database) {
        this.database = database;
    }

    @Override
    public Optional<Retried> retry(long job, Actor actor) {
        try {
            return Optional.of(database.jdbi().inTransaction(handle -> retry(handle, job, actor)));
        } catch (JdbiException e) {
            if (Refusal.isTaken(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    // The job's row is locked, as by the submission of an undo: of both, the later one is refused.
    private static Retried retry(Handle handle, long job, Actor actor) {
        var state = new JobStore(handle).lock(job).orElseThrow();
        var quarantined = new QuarantineStore(handle).count(job);
        if (!PERMITTED.contains(state) || undoneBy(handle, job).isPresent()) {
            return new Retried(state, 0, quarantined);
        }
        var shards = handle.createUpdate(REOPEN_IF_FAILED).bind("job", job).execute();
        if (shards == 0) {
            return new Retried(state, 0, quarantined);
        }
        // A tenant that was paused while the shard was FAILED is paused in this shard too.
        new ShardSplits(handle, job).begin();
        if (!new ControlRepository(handle).pausedTenants(job).isEmpty()) {
            var definition = new JobStore(handle).definition(job).orElseThrow();
            TenantPauses.holdAll(handle, job, definition);
        }
        handle.createUpdate(WAVE_NOT_DONE).bind("job", job).execute();
        new AuditStore(handle).did(job, actor, "retry", shards + (shards == 1 ? " shard" : " shards"));
        var runs = state == JobState.FAILED
                && new JobStore(handle).setStateIfIn(job, Set.of(JobState.FAILED), JobState.RUNNING, null, null);
        return new Retried(runs ? JobState.RUNNING : state, shards, quarantined);
    }

    @Override
    public Optional<Instant> prunedAt(long job) {
        return database.jdbi().withHandle(handle -> new JobStore(handle).prunedAt(job));
    }

    @Override
    public Optional<String> undoneBy(long job) {
        return database.jdbi().withHandle(handle -> undoneBy(handle, job));
    }

    private static Optional<String> undoneBy(Handle handle, long job) {
        return new KeptRowStore(handle).kept(job).map(Kept::undo).map(Kept.Undo::name);
    }
}
