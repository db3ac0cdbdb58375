package dev.backfleet.coordinator.postgres.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backfleet.coordinator.query.JobTime;
import dev.backfleet.coordinator.timekeeping.TimeCause;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of a status about where the job's time went. */
final class TimeRow {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private TimeRow() {}

    /** Nothing is booked while no coordinator leads: that time is added here. */
    static JobTime read(ResultSet row) throws SQLException {
        var since = row.getObject("time_since", OffsetDateTime.class);
        return new JobTime(since == null ? null : since.toInstant(), spent(row.getString("time_spent")))
                .plus(TimeCause.NO_COORDINATOR, row.getDouble("not_led"));
    }

    private static List<JobTime.Part> spent(@Nullable String json) {
        var parts = new ArrayList<JobTime.Part>();
        if (json != null) {
            try {
                for (var part : MAPPER.readTree(json)) {
                    parts.add(part(part));
                }
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("PostgreSQL writes JSON", e);
            }
        }
        return parts;
    }

    private static JobTime.Part part(JsonNode part) {
        return new JobTime.Part(
                TimeCause.of(part.get("cause").asText()),
                part.get("signal").isNull() ? null : part.get("signal").asText(),
                part.get("seconds").asDouble());
    }
}
