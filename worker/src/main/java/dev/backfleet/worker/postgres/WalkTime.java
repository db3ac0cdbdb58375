package dev.backfleet.worker.postgres;

import dev.backfleet.common.job.Comparison;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.postgres.KeySpace;
import dev.backfleet.worker.execute.Claim;
import dev.backfleet.worker.execute.ShardStore.RefusedException;
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

    // A batch walks up to the next row, then changes it by the same range of the index; the last batch of a shard also
    // counts its rows, or looks for the last row of a tenant.
    private static final int WALKS = 4;

    private static final String TEXT = "select pg_catalog.set_config('statement_timeout', '" + LONGEST.toMillis()
            + "', true); with backfleet_point as materialized (select ?::text[] as c), backfleet_next as materialized ("
            + "%s) select case when (select pg_catalog.count(*) from "
            + "backfleet_next) >= 0 then extract(epoch from pg_catalog.clock_timestamp() - pg_catalog.statement_timestamp()) end";

    private WalkTime() {}

    /**
     * What a batch of one row has to have in addition to the time for its row.
     *
     * @throws RefusedException if the walk takes too long, among other reasons: never for the row's sake
     */
    static Duration ofBatch(Connection connection, Claim claim, Cursor cursor) {
        return Refusals.translating(() -> measured(connection, claim, cursor));
    }

    private static Duration measured(Connection connection, Claim claim, Cursor cursor) throws SQLException {
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
        if (cursor.isStart()) {
            return TEXT.formatted(space.first("true", false, "1"));
        }
        return TEXT.formatted(
                cursor.values().size() < space.columns()
                        ? space.first(
                                space.tenants(space.tenantColumn(), Comparison.GREATER, space.tenantOf(point)),
                                false,
                                "1")
                        : space.firstAfter(point, "true", "1"));
    }
}
