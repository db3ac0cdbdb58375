package dev.backfleet.worker.postgres;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.worker.shard.SlotLimits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalDouble;

/** Reads the columns of {@code backfleet.terms}: rate, slots, batch_seconds and wanted. */
final class SlotLimitsMapper {
    private SlotLimitsMapper() {}

    /** The limits in a row of a job with this definition. */
    static SlotLimits read(ResultSet row, JobDefinition definition) throws SQLException {
        var rate = row.getDouble("rate");
        var limit = row.wasNull() ? OptionalDouble.empty() : OptionalDouble.of(rate);
        var seconds = row.getDouble("batch_seconds");
        var duration = row.wasNull() ? definition.batchDuration() : seconds(seconds);
        return new SlotLimits(limit, row.getInt("slots"), duration, row.getBoolean("wanted"));
    }

    /** Seconds of PostgreSQL as a duration. */
    static Duration seconds(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }
}
