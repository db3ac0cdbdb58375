package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.ErrorBudget;
import dev.backfleet.common.job.Priority;
import dev.backfleet.common.job.TimeWindow;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.coordinator.operation.JobSettings;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** The columns of a job that can be changed while it runs. */
public final class SettingsRow {

    private SettingsRow() {}

    /** The settings, from the columns of {@code backfleet.job} and the definition's {@code batch_duration}. */
    public static JobSettings read(ResultSet row) throws SQLException {
        var seconds = row.getObject("batch_seconds", Double.class);
        return new JobSettings(
                row.getObject("rate_limit", Long.class),
                row.getObject("wal_limit", Long.class),
                row.getInt("concurrency"),
                seconds == null
                        ? Duration.parse(row.getString("batch_duration"))
                        : Duration.ofMillis(Math.round(seconds * 1000)),
                Duration.ofMillis(Math.round(row.getDouble("row_timeout") * 1000)),
                Priority.valueOf(row.getString("priority")),
                new ErrorBudget(row.getLong("budget_rows"), row.getDouble("budget_ratio")),
                window(row.getString("work_window")),
                deadline(row));
    }

    private static @Nullable Instant deadline(ResultSet row) throws SQLException {
        var deadline = row.getObject("deadline", OffsetDateTime.class);
        return deadline == null ? null : deadline.toInstant();
    }

    // One that this release cannot read halts the job when it should open.
    private static @Nullable TimeWindow window(@Nullable String stored) {
        try {
            return stored == null ? null : TimeWindow.JSON.read(stored);
        } catch (UnreadableException e) {
            return null;
        }
    }
}
