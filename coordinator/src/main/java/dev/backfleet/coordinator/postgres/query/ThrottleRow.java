package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.throttle.Measure;
import dev.backfleet.coordinator.query.JobStatus.Throttled;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Collectors;

/** The columns of a status about the throttle. */
final class ThrottleRow {
    private ThrottleRow() {}

    /** The throttle of a job in a state; only a RUNNING job is throttled, but the cost stays. */
    static Throttled read(ResultSet row, JobState state) throws SQLException {
        var cost = cost(row);
        if (state != JobState.RUNNING) {
            return new Throttled(1, null, null, null, null, null, null, cost);
        }
        var measure = row.getString("measure");
        return new Throttled(
                row.getDouble("throttle_factor"),
                row.getString("signal"),
                row.getObject("value", Double.class),
                row.getObject("threshold", Double.class),
                measure == null ? null : Measure.valueOf(measure),
                row.getString("level"),
                row.getString("note"),
                cost);
    }

    private static Map<String, Double> cost(ResultSet row) throws SQLException {
        return TextRows.of(row, "cost").stream()
                .collect(Collectors.toMap(cost -> cost[0], cost -> Double.valueOf(cost[1])));
    }
}
