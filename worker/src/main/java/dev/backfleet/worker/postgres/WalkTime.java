package dev.backfleet.worker.postgres;

import dev.backfleet.common.job.Comparison;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.postgres.KeySpace;
import dev.backfleet.worker.execute.Claim;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Measures how long the walk from a checkpoint to the next row takes. Keys of deleted rows stay in the index as long as an
 * older snapshot can see the rows, and each of them is looked at: where there are hundreds of thousands, a batch of one row
 * needs longer than batches may take, though its row is not slow. The measurement only reads and holds no row.
 */
final class WalkTime {

    /** The longest walk that is waited for: some millions of dead keys. */
    private static final Duration LONGEST = Duration.ofSeconds(5);

    // A batch walks up to the next row, then changes it by the same range of the index; the last one of a shard counts
    // its rows,
    // too, or looks for the last row of a tenant.
    private static final int WALKS = 4;

    private static final String TEXT = "select pg_catalog.set_config('statement_timeout', '" + LONGEST.toMillis()
            + "', true); with backfleet_point as materialized (select ?::text[] as c), backfleet_next as materialized ("
            + "%s) select case when (select pg_catalog.count(*) from "
            + "backfleet_next) >= 0 then extract(epoch from pg_catalog.clock_timestamp() - pg_catalog.statement_timestamp()) end";

    private WalkTime() {}

    /**
     * What a batch of one row has to have in addition to the time for its row.
     *
     * @throws SQLException also if the walk takes too long
     */
    static Duration ofBatch(Connection connection, Claim claim, Cursor cursor) throws SQLException {
        try (var statement = connection.prepareStatement(text(claim, cursor))) {
            statement.setArray(1, Batches.array(connection, cursor));
            statement.execute();
            if (!statement.getMoreResults()) {
                throw new IllegalStateException("the walk gave no result");
            }
            try (var rows = statement.getResultSet()) {
                rows.next();
                return StoredTerms.seconds(rows.getDouble(1) * WALKS);
            }
        }
    }

    private static String text(Claim claim, Cursor cursor) {
        var space = new KeySpace(claim.definition(), claim.relation());
        var point = "(select c from backfleet_point)";
        var after = cursor.isStart()
                ? "true"
                : cursor.values().size() < space.columns()
                        ? space.tenants(space.tenantColumn(), Comparison.GREATER, space.tenantOf(point))
                        : space.afterRow(point);
        return TEXT.formatted(space.first(after, false, "1"));
    }
}
