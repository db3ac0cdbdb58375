package dev.backfleet.coordinator.postgres.cost;

import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.coordinator.forecast.SavedForecast;
import dev.backfleet.coordinator.postgres.Moments;
import dev.backfleet.coordinator.query.JobCost;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What is stored of the cost of a job. */
public final class CostRow {
    private static final String COST = """
            select wal_bytes, wal_rows, wal_of_server, table_growth, index_growth, kept_bytes, measured_at, forecast, forecast_at
            from backfleet.job_cost where job_id = :job
            """;

    private CostRow() {}

    /** Nothing of a job that an older release has stored. */
    public static Optional<JobCost.Stored> read(Handle handle, long job) {
        return handle.createQuery(COST)
                .bind("job", job)
                .map((row, context) -> stored(row))
                .findOne();
    }

    private static JobCost.Stored stored(ResultSet row) throws SQLException {
        return new JobCost.Stored(
                row.getDouble("wal_bytes"),
                row.getLong("wal_rows"),
                row.getBoolean("wal_of_server"),
                row.getObject("table_growth", Long.class),
                row.getObject("index_growth", Long.class),
                row.getObject("kept_bytes", Long.class),
                Moments.of(row, "measured_at"),
                forecast(row));
    }

    // One that a later release has made in another way is none.
    private static JobCost.@Nullable Planned forecast(ResultSet row) throws SQLException {
        var json = row.getString("forecast");
        var at = Moments.of(row, "forecast_at");
        if (json == null || at == null) {
            return null;
        }
        try {
            return new JobCost.Planned(at, SavedForecast.JSON.read(json));
        } catch (UnreadableException e) {
            return null;
        }
    }
}
