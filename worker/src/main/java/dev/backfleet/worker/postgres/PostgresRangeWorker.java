package dev.backfleet.worker.postgres;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.batch.BatchStatement;
import dev.backfleet.common.postgres.batch.KnownRowStatement;
import dev.backfleet.common.postgres.batch.Start;
import dev.backfleet.worker.execute.LruCache;
import dev.backfleet.worker.execute.RangeWorker;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Step;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.CloseException;
import org.jspecify.annotations.Nullable;

/** Does a job's work on rows, with one statement for each batch. */
public final class PostgresRangeWorker implements RangeWorker {

    private static final int STATEMENTS = 1_000;

    private final Database database;
    private final String worker;
    private final Duration lease;
    private final LruCache<Key, String> statements = new LruCache<>(STATEMENTS);
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
        this.sessions = new CleanSessions(database);
    }

    @Override
    public Optional<BatchResult> batch(Claim claim, Step.Batch batch) {
        return FailureMapping.translating(() -> {
            var committed = new AtomicReference<@Nullable Optional<BatchResult>>();
            try {
                database.jdbi().useHandle(handle -> {
                    committed.set(run(handle.getConnection(), claim, batch));
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
        } catch (StatementFailedException e) {
            // No row can have what is no value of the column's type.
            if (SqlStateCodes.isData(e.failure().code())) {
                return false;
            }
            throw e;
        }
    }

    private Optional<BatchResult> run(Connection connection, Claim claim, Step.Batch batch) throws SQLException {
        var timeout = batch.timeout();
        if (timeout != null) {
            return withTimeout(connection, claim, batch, timeout);
        }
        var start = Start.of(batch.cursor(), claim.definition());
        var whole = BatchStatement.isWhole(claim.definition(), batch.rows());
        var key = new Key(claim.definition(), claim.relation(), start, claim.endsWithTenant(), whole);
        var sql = statements.get(key, k -> BatchStatement.of(k.job, k.relation, k.start, k.endsWithTenant, k.whole));
        return FailureMapping.translatingRows(
                connection,
                claim.relation().oid(),
                () -> send(connection, sql, claim, batch),
                () -> plan(connection, sql, statement -> {
                    bind(connection, statement, 1, claim, batch, lease);
                }));
    }

    private Optional<BatchResult> send(Connection connection, String sql, Claim claim, Step.Batch batch)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            bind(connection, statement, 1, claim, batch, lease);
            try (var rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(result(rows, claim)) : Optional.empty();
            }
        }
    }

    // The row is found before, by a statement that changes nothing, so that the time limit is for the row alone.
    private Optional<BatchResult> withTimeout(Connection connection, Claim claim, Step.Batch batch, Duration timeout) {
        var next = NextRow.after(connection, claim, batch.cursor(), lease);
        if (next.isEmpty()) {
            return Optional.empty();
        }
        var sql = KnownRowStatement.of(claim.definition(), claim.relation());
        return FailureMapping.translatingRows(
                connection,
                claim.relation().oid(),
                () -> sendWithTimeout(connection, sql, claim, batch, next.get(), timeout),
                () -> plan(connection, sql, statement -> {
                    next.get().bind(connection, statement, bind(connection, statement, 1, claim, batch, lease));
                }));
    }

    // Two statements in one round trip and one transaction: the driver sends both, and one Sync after them.
    private Optional<BatchResult> sendWithTimeout(
            Connection connection, String sql, Claim claim, Step.Batch batch, NextRow.Point next, Duration timeout)
            throws SQLException {
        try (var statement = connection.prepareStatement(WorkerSession.SINGLE_ROW_LIMITS + sql)) {
            statement.setInt(1, Math.toIntExact(timeout.toMillis()));
            next.bind(connection, statement, bind(connection, statement, 2, claim, batch, lease));
            statement.execute();
            if (!statement.getMoreResults()) {
                throw new IllegalStateException("the batch gave no result");
            }
            try (var rows = statement.getResultSet()) {
                return rows.next() ? Optional.of(result(rows, claim)) : Optional.empty();
            }
        }
    }

    private static void plan(Connection connection, String sql, Binding binding) throws SQLException {
        try (var statement = connection.prepareStatement("explain " + sql)) {
            binding.bind(statement);
            statement.execute();
        }
    }

    /** Sets the parameters of the walk, from number {@code first} on; returns the number of the next one. */
    static int bind(
            Connection connection,
            PreparedStatement statement,
            int first,
            Claim claim,
            Step.Batch batch,
            Duration lease)
            throws SQLException {
        statement.setLong(first, claim.shard().job());
        statement.setInt(first + 1, claim.shard().number());
        statement.setLong(first + 2, claim.epoch());
        statement.setArray(first + 3, StoredCursor.point(connection, batch.cursor()));
        statement.setInt(first + 4, batch.rows());
        statement.setDouble(first + 5, lease.toMillis() / 1000.0);
        return BatchStatement.bindPass(
                statement, first + 6, claim.definition(), batch.cursor().pass());
    }

    static BatchResult result(ResultSet row, Claim claim) throws SQLException {
        return new BatchResult(
                StoredCursor.read(row, claim.definition()),
                row.getLong("walked"),
                row.getLong("changed"),
                row.getBoolean("done"),
                SlotLimitsMapper.read(row, claim.definition()));
    }

    @FunctionalInterface
    private interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }

    /** What a statement's text depends on. */
    private record Key(
            JobDefinition job, JobDefinition.Table relation, Start start, boolean endsWithTenant, boolean whole) {}
}
