package dev.backfleet.worker.postgres;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.batch.BatchStatement;
import dev.backfleet.common.postgres.batch.StandbyStatements;
import dev.backfleet.common.postgres.batch.Start;
import dev.backfleet.common.settings.DatabaseUrl;
import dev.backfleet.worker.execute.LruCache;
import dev.backfleet.worker.execute.RangeWorker;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.postgres.Standbys.Standby;
import dev.backfleet.worker.shard.BatchResult;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Step;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads the rows of a comparison on a standby, where the job says so, and stores what it has found on the primary, with the
 * checkpoint. All else is done on the primary: the work of other jobs, a row that is slow, and a row whose expression raises an
 * error.
 *
 * <p>No failure of the standby is one of the database: the batch is tried again, smaller and later, as after a conflict of a query
 * with the replay.
 */
public final class StandbyRangeWorker implements RangeWorker {
    private static final int STATEMENTS = 1_000;

    private final LruCache<Key, Texts> statements = new LruCache<>(STATEMENTS);
    private final RangeWorker primary;
    private final Database database;
    private final Standbys standbys;
    private final Duration lease;

    /**
     * Of one worker.
     *
     * @param primary does what is not read on a standby
     * @param database connections to the primary
     * @param lease how long a batch extends the lease
     */
    public StandbyRangeWorker(RangeWorker primary, Database database, Standbys standbys, Duration lease) {
        this.primary = primary;
        this.database = database;
        this.standbys = standbys;
        this.lease = lease;
    }

    @Override
    public Optional<BatchResult> batch(Claim claim, Step.Batch batch) {
        var url = claim.definition().work() instanceof CompareRows compare ? compare.standby() : null;
        if (url == null || batch.timeout() != null) {
            return primary.batch(claim, batch);
        }
        return bounds(claim, batch).flatMap(bounds -> {
            var texts = texts(claim, batch);
            var found = read(standbys.at(url), texts.reading(), claim, batch, bounds);
            return FailureMapping.translating(() -> database.jdbi()
                    .withHandle(handle -> store(handle.getConnection(), texts.storing(), claim, batch, bounds, found)));
        });
    }

    @Override
    public Optional<QuarantineResult> quarantine(Claim claim, Step.Quarantine row) {
        return primary.quarantine(claim, row);
    }

    @Override
    public boolean reaches(Claim claim, String tenant) {
        return primary.reaches(claim, tenant);
    }

    private Texts texts(Claim claim, Step.Batch batch) {
        var job = claim.definition();
        var key = new Key(
                job,
                claim.relation(),
                Start.of(batch.cursor(), job),
                claim.endsWithTenant(),
                BatchStatement.isWhole(job, batch.rows()));
        return statements.get(
                key,
                k -> new Texts(
                        StandbyStatements.reading(k.job, k.relation, k.start, k.endsWithTenant, k.whole),
                        StandbyStatements.storing(k.job, k.relation)));
    }

    private Optional<Bounds> bounds(Claim claim, Step.Batch batch) {
        return FailureMapping.translating(() -> database.jdbi().withHandle(handle -> {
            var connection = handle.getConnection();
            try (var statement = connection.prepareStatement(StandbyStatements.BOUNDS)) {
                statement.setLong(1, claim.shard().job());
                statement.setInt(2, claim.shard().number());
                statement.setLong(3, claim.epoch());
                statement.setArray(4, StoredCursor.point(connection, batch.cursor()));
                try (var rows = statement.executeQuery()) {
                    return rows.next()
                            ? Optional.of(new Bounds(StandbyAnswer.texts(rows, "upper"), rows.getString("submitted")))
                            : Optional.empty();
                }
            }
        }));
    }

    private static StandbyAnswer read(Standby standby, String sql, Claim claim, Step.Batch batch, Bounds bounds) {
        try {
            return FailureMapping.translating(() -> standby.database().jdbi().withHandle(handle -> {
                var connection = handle.getConnection();
                var found = read(connection, sql, claim, batch, bounds);
                standby.sessions().inspect(connection, claim);
                if (found.point() == null) {
                    throw new StatementFailedException(notReadable(found), null);
                }
                return found;
            }));
        } catch (StatementFailedException e) {
            throw new StatementFailedException(e.failure().ofStandby(DatabaseUrl.place(standby.url())), e);
        }
    }

    private static StandbyAnswer read(Connection connection, String sql, Claim claim, Step.Batch batch, Bounds bounds) {
        return readingIfThere(
                connection,
                claim,
                bounds,
                () -> FailureMapping.translatingRows(
                        connection,
                        claim.relation().oid(),
                        () -> {
                            try (var statement = connection.prepareStatement(sql)) {
                                bind(connection, statement, claim, batch, bounds);
                                try (var rows = statement.executeQuery()) {
                                    rows.next();
                                    return StandbyAnswer.of(rows);
                                }
                            }
                        },
                        () -> {
                            try (var statement = connection.prepareStatement("explain " + sql)) {
                                bind(connection, statement, claim, batch, bounds);
                                statement.execute();
                            }
                        }));
    }

    // A table or column that is not there yet will be, when the standby has replayed what was there at the submission.
    private static StandbyAnswer readingIfThere(
            Connection connection, Claim claim, Bounds bounds, Supplier<StandbyAnswer> reading) {
        try {
            return reading.get();
        } catch (StatementFailedException e) {
            if (e.failure().kind() != ErrorKind.SCHEMA_CHANGED) {
                throw e;
            }
            var state = FailureMapping.translating(() -> state(connection, claim, bounds));
            if (state.isEmpty()) {
                throw e;
            }
            return state.get();
        }
    }

    private static Optional<StandbyAnswer> state(Connection connection, Claim claim, Bounds bounds)
            throws SQLException {
        try (var statement = connection.prepareStatement(StandbyStatements.STATE)) {
            statement.setLong(1, claim.shard().job());
            statement.setString(2, bounds.submitted());
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getBoolean("readable")
                        ? Optional.empty()
                        : Optional.of(
                                StandbyAnswer.nothing(rows.getBoolean("recovering"), rows.getString("replayed_at")));
            }
        }
    }

    private static void bind(
            Connection connection, PreparedStatement statement, Claim claim, Step.Batch batch, Bounds bounds)
            throws SQLException {
        statement.setLong(1, claim.shard().job());
        statement.setString(2, bounds.submitted());
        statement.setArray(3, StoredCursor.point(connection, batch.cursor()));
        statement.setArray(4, text(connection, bounds.upper()));
        statement.setInt(5, batch.rows());
    }

    private Optional<BatchResult> store(
            Connection connection, String sql, Claim claim, Step.Batch batch, Bounds bounds, StandbyAnswer found)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setLong(1, claim.shard().job());
            statement.setInt(2, claim.shard().number());
            statement.setLong(3, claim.epoch());
            statement.setArray(4, StoredCursor.point(connection, batch.cursor()));
            statement.setDouble(5, lease.toMillis() / 1000.0);
            statement.setArray(6, text(connection, bounds.upper()));
            statement.setArray(7, text(connection, Objects.requireNonNull(found.point())));
            statement.setBoolean(8, found.last());
            statement.setLong(9, found.walked());
            statement.setLong(10, found.judged());
            statement.setString(11, found.sums());
            statement.setString(12, found.points());
            try (var rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(PostgresRangeWorker.result(rows, claim)) : Optional.empty();
            }
        }
    }

    private static Failure notReadable(StandbyAnswer found) {
        var words = found.recovering()
                ? "it has not replayed the submission of this job yet; "
                        + (found.replayedAt() == null
                                ? "it has replayed no transaction since it was started"
                                : "the last transaction that it has replayed is of " + found.replayedAt())
                : "it is no standby: it accepts writes. If the primary is away, cancel the reconcile, and begin one without --on";
        return new Failure(ErrorKind.TRANSIENT, SqlStateCodes.NOT_IN_STATE, words);
    }

    private static java.sql.Array text(Connection connection, List<String> values) throws SQLException {
        return connection.createArrayOf("text", values.toArray());
    }

    /** What the statements' texts depend on. */
    private record Key(
            JobDefinition job, JobDefinition.Table relation, Start start, boolean endsWithTenant, boolean whole) {}

    /** The statements: one for the standby, one for the primary. */
    private record Texts(String reading, String storing) {}

    /**
     * A shard as the primary has it.
     *
     * @param upper where it ends
     * @param submitted when the job was submitted
     */
    private record Bounds(List<String> upper, String submitted) {}
}
