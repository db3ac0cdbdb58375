package dev.backfleet.worker.postgres;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.worker.execute.RangeWorker;
import dev.backfleet.worker.execute.RefusedException;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.CloseException;
import org.jspecify.annotations.Nullable;

/** Does a job's work on rows, with one statement for each batch. */
public final class PostgresRangeWorker implements RangeWorker {

    private final Database database;
    private final String worker;
    private final Duration lease;
    private final BatchExecutor batches;
    private final CleanSessions sessions;

    /**
     * Of one worker.
     *
     * @param database connections with {@link WorkerSession}'s settings
     * @param worker this worker's id
     * @param lease how long a batch extends the lease
     */
    public PostgresRangeWorker(Database database, String worker, Duration lease) {
        this.database = database;
        this.worker = worker;
        this.lease = lease;
        this.batches = new BatchExecutor(lease);
        this.sessions = new CleanSessions(database);
    }

    @Override
    public Optional<BatchResult> batch(Claim claim, Step.Batch batch) {
        return FailureMapping.translating(() -> {
            var committed = new AtomicReference<@Nullable Optional<BatchResult>>();
            try {
                database.jdbi().useHandle(handle -> {
                    committed.set(batches.run(handle.getConnection(), claim, batch));
                    sessions.inspect(handle.getConnection(), claim);
                });
            } catch (CloseException e) {
                // The session was ended, or lost, after the batch: the commit stands.
                if (committed.get() == null) {
                    throw e;
                }
            }
            return Objects.requireNonNull(committed.get());
        });
    }

    @Override
    public Optional<QuarantineResult> quarantine(Claim claim, Step.Quarantine row) {
        return FailureMapping.translating(() -> database.jdbi()
                .withHandle(handle -> QuarantineStatement.run(handle.getConnection(), claim, row, lease, worker)));
    }

    @Override
    public boolean reaches(Claim claim, String tenant) {
        try {
            return FailureMapping.translating(
                    () -> database.jdbi().withHandle(handle -> TenantReach.into(handle, claim, tenant)));
        } catch (RefusedException e) {
            // No row can have what is no value of the column's type.
            if (SqlStateCodes.isData(e.failure().code())) {
                return false;
            }
            throw e;
        }
    }
}
