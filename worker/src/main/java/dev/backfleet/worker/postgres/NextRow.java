package dev.backfleet.worker.postgres;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.postgres.batch.BatchStatement;
import dev.backfleet.common.postgres.batch.NextRowStatement;
import dev.backfleet.common.postgres.batch.Start;
import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.worker.execute.StatementFailedException;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the next row after a checkpoint, where that takes longer than a batch may. Keys of deleted rows stay in the index as
 * long as an older snapshot can see the rows, and a walk reads each of them. This statement only reads, and locks no row.
 *
 * <p>If the statistics of the table have a value of the leading column shortly after the checkpoint, the search ends there: if
 * it finds no row, the checkpoint moves there, so that long stretches of such keys are crossed in steps. Otherwise it ends at
 * the shard's end, and may take most of a lease.
 */
final class NextRow {

    /** How much of a lease the search may take. */
    private static final double OF_LEASE = 0.8;

    private static final String LIMIT = "select pg_catalog.set_config('statement_timeout', ?::text, true); ";

    private static final String RENEW = """
            update backfleet.shard set lease_until = clock_timestamp() + make_interval(secs => ?)
            where job_id = ? and number = ? and epoch = ? and state = 'RUNNING'
            """;

    private final Connection connection;
    private final Claim claim;
    private final Cursor cursor;

    private NextRow(Connection connection, Claim claim, Cursor cursor) {
        this.connection = connection;
        this.claim = claim;
        this.cursor = cursor;
    }

    /**
     * What is next after a checkpoint; empty if the lease on the shard is lost, or its checkpoint is another one.
     *
     * @param lease how long a claim is valid
     * @throws StatementFailedException if nothing was found in time, among other reasons; never because of a row
     */
    static Optional<Point> after(Connection connection, Claim claim, Cursor cursor, Duration lease) {
        var next = new NextRow(connection, claim, cursor);
        var landmark = next.landmark();
        if (landmark != null) {
            try {
                return FailureMapping.translating(() -> next.upTo(landmark));
            } catch (StatementFailedException e) {
                requireTimedOut(e);
            }
        }
        var longest = Duration.ofMillis((long) (lease.toMillis() * OF_LEASE));
        try {
            return FailureMapping.translating(() -> {
                var found = next.upToTheEnd(longest);
                // The search may have taken most of the lease.
                return next.renewed(lease) ? found : Optional.empty();
            });
        } catch (StatementFailedException e) {
            requireTimedOut(e);
            StuckWalk.note(connection, claim, longest);
            var words = "no row was found within " + HumanDuration.format(longest)
                    + " after the checkpoint: too many keys of deleted rows";
            throw new StatementFailedException(
                    new Failure(ErrorKind.TRANSIENT, e.failure().code(), words), e);
        }
    }

    private static void requireTimedOut(StatementFailedException e) {
        if (e.failure().kind() != ErrorKind.TIMED_OUT) {
            throw e;
        }
    }

    // Only where one value of the leading column is a point in the key space.
    private @Nullable String landmark() {
        var job = claim.definition();
        if (job.key().size() > 1 && !job.tenantLed()) {
            return null;
        }
        try {
            return FailureMapping.translating(() -> {
                        try (var statement =
                                connection.prepareStatement(NextRowStatement.landmark(job, claim.relation()))) {
                            statement.setLong(1, claim.shard().job());
                            statement.setInt(2, claim.shard().number());
                            statement.setArray(3, StoredCursor.point(connection, cursor));
                            try (var rows = statement.executeQuery()) {
                                return Optional.ofNullable(rows.next() ? rows.getString("landmark") : null);
                            }
                        }
                    })
                    .orElse(null);
        } catch (StatementFailedException e) {
            if (e.failure().kind() == ErrorKind.CONNECTION_LOST) {
                throw e;
            }
            // The search works without it.
            return null;
        }
    }

    private Optional<Point> upTo(String landmark) throws SQLException {
        try (var statement = connection.prepareStatement(text(true))) {
            bind(statement, 1, landmark);
            try (var rows = statement.executeQuery()) {
                return found(rows, new Point(List.of(landmark), false));
            }
        }
    }

    private Optional<Point> upToTheEnd(Duration limit) throws SQLException {
        try (var statement = connection.prepareStatement(LIMIT + text(false))) {
            statement.setLong(1, limit.toMillis());
            bind(statement, 2, null);
            statement.execute();
            if (!statement.getMoreResults()) {
                throw new IllegalStateException("the search gave no result");
            }
            try (var rows = statement.getResultSet()) {
                return found(rows, new Point(null, false));
            }
        }
    }

    private boolean renewed(Duration lease) throws SQLException {
        try (var statement = connection.prepareStatement(RENEW)) {
            statement.setDouble(1, lease.toMillis() / 1000.0);
            statement.setLong(2, claim.shard().job());
            statement.setInt(3, claim.shard().number());
            statement.setLong(4, claim.epoch());
            return statement.executeUpdate() == 1;
        }
    }

    private String text(boolean bounded) {
        return NextRowStatement.of(claim.definition(), claim.relation(), Start.of(cursor, claim.definition()), bounded);
    }

    private void bind(PreparedStatement statement, int first, @Nullable String upTo) throws SQLException {
        statement.setLong(first, claim.shard().job());
        statement.setInt(first + 1, claim.shard().number());
        statement.setLong(first + 2, claim.epoch());
        statement.setArray(first + 3, StoredCursor.point(connection, cursor));
        var next = BatchStatement.bindPass(statement, first + 4, claim.definition(), cursor.pass());
        statement.setString(next, upTo);
    }

    private static Optional<Point> found(ResultSet rows, Point otherwise) throws SQLException {
        rows.next();
        if (!rows.getBoolean("held")) {
            return Optional.empty();
        }
        var row = rows.getArray("point");
        return Optional.of(row == null ? otherwise : new Point(List.of((String[]) row.getArray()), true));
    }

    /**
     * What the search found.
     *
     * @param key the row's key; if no row was found, the value up to which there is none; null: there is none up to the
     *     shard's end
     * @param isRow whether a row was found
     */
    record Point(@Nullable List<String> key, boolean isRow) {

        /** Sets the parameters of {@link dev.backfleet.common.postgres.batch.KnownRowStatement}; returns the number of the next one. */
        int bind(Connection connection, PreparedStatement statement, int first) throws SQLException {
            statement.setArray(first, array(connection));
            statement.setBoolean(first + 1, isRow);
            return first + 2;
        }

        private @Nullable Array array(Connection connection) throws SQLException {
            return key == null ? null : connection.createArrayOf("text", key.toArray());
        }
    }
}
