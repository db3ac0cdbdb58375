package dev.backfleet.coordinator.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Reads moments of results. */
public final class Moments {
    private Moments() {}

    /** The moment in a column of type timestamptz; null: it has none. */
    public static @Nullable Instant of(ResultSet row, String column) throws SQLException {
        var moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }
}
