package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.coordinator.query.JobTime;
import dev.backfleet.coordinator.timekeeping.Outlook;
import dev.backfleet.coordinator.timekeeping.Spent;
import dev.backfleet.coordinator.timekeeping.TimeCause;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of a status about where the job's time went, and what is expected of the rest. */
final class TimeRow {
    private TimeRow() {}

    /** Nothing is booked while no coordinator leads: that time is added here. */
    static JobTime read(ResultSet row) throws SQLException {
        var since = row.getObject("time_since", OffsetDateTime.class);
        return new JobTime(since == null ? null : since.toInstant(), spent(row))
                .plus(TimeCause.NO_COORDINATOR, row.getDouble("not_led"));
    }

    /** How fast the job is expected to be; null if no coordinator of this release has told. */
    static @Nullable Outlook outlook(ResultSet row) throws SQLException {
        var share = row.getObject("work_share", Double.class);
        if (share == null) {
            return null;
        }
        var usual = row.getObject("speed_usual", Double.class);
        var heldBy = row.getString("held_by");
        return new Outlook(
                usual == null
                        ? null
                        : new Outlook.Speeds(
                                row.getDouble("speed_slow"),
                                usual,
                                row.getDouble("speed_fast"),
                                row.getInt("speeds_measured")),
                new Outlook.Share(
                        share,
                        row.getDouble("work_deviation"),
                        row.getInt("work_blocks"),
                        row.getDouble("work_block_seconds")),
                heldBy == null ? null : new Spent(TimeCause.of(heldBy), row.getString("held_by_signal")));
    }

    private static List<JobTime.Part> spent(ResultSet row) throws SQLException {
        return TextRows.of(row, "time_spent").stream()
                .map(part -> new JobTime.Part(
                        TimeCause.of(part[0]), part[1].isEmpty() ? null : part[1], Double.parseDouble(part[2])))
                .toList();
    }
}
