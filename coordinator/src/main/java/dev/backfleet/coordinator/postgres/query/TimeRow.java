package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.coordinator.query.JobTime;
import dev.backfleet.coordinator.timekeeping.TimeCause;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;

/** The columns of a status about where the job's time went. */
final class TimeRow {
    private TimeRow() {}

    /** Nothing is booked while no coordinator leads: that time is added here. */
    static JobTime read(ResultSet row) throws SQLException {
        var since = row.getObject("time_since", OffsetDateTime.class);
        return new JobTime(since == null ? null : since.toInstant(), spent(row))
                .plus(TimeCause.NO_COORDINATOR, row.getDouble("not_led"));
    }

    private static List<JobTime.Part> spent(ResultSet row) throws SQLException {
        return TextRows.of(row, "time_spent").stream()
                .map(part -> new JobTime.Part(
                        TimeCause.of(part[0]), part[1].isEmpty() ? null : part[1], Double.parseDouble(part[2])))
                .toList();
    }
}
