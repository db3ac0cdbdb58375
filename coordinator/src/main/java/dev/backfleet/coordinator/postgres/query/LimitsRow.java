package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.common.job.ErrorBudget;
import dev.backfleet.common.job.TimeWindow;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.coordinator.query.JobStatus.Settings;
import dev.backfleet.coordinator.query.JobStatus.Window;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The columns of a status about what a job may do, and when. */
final class LimitsRow {

    private LimitsRow() {}

    /** Its settings except the rate. */
    static Settings settings(ResultSet row) throws SQLException {
        var seconds = row.getObject("batch_seconds", Double.class);
        var duration = seconds == null
                ? Duration.parse(row.getString("batch_duration"))
                : Duration.ofMillis(Math.round(seconds * 1000));
        return new Settings(
                row.getInt("concurrency"),
                HumanDuration.format(duration),
                row.getObject("wal_limit", Long.class),
                row.getString("priority").toLowerCase(Locale.ROOT),
                row.getString("triggers").toLowerCase(Locale.ROOT),
                row.getLong("budget_rows"),
                new ErrorBudget(0, row.getDouble("budget_ratio")).percent());
    }

    /** When it may run; null: always. */
    static @Nullable Window window(ResultSet row) throws SQLException {
        var stored = row.getString("work_window");
        if (stored == null) {
            return null;
        }
        TimeWindow window;
        try {
            window = TimeWindow.JSON.read(stored);
        } catch (UnreadableException e) {
            return null; // an unreadable window: the job is halted when it should open
        }
        return new Window(
                window.words(),
                window.zone().getId(),
                row.getBoolean("open"),
                row.getObject("opens_at", OffsetDateTime.class).toInstant(),
                row.getObject("closes_at", OffsetDateTime.class).toInstant());
    }
}
