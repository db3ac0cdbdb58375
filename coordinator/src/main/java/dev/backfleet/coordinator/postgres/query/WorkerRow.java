package dev.backfleet.coordinator.postgres.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The workers in a row of {@link FleetStore#LOOK}, as JSON: they come with the job and the fleet in one statement. */
final class WorkerRow {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private WorkerRow() {}

    static List<WorkerStatus> read(ResultSet row) throws SQLException {
        var held = new HashMap<String, List<WorkerStatus.Held>>();
        for (var shard : json(row.getString("look_held"))) {
            held.computeIfAbsent(shard.get("worker").asText(), worker -> new ArrayList<>())
                    .add(new WorkerStatus.Held(
                            shard.get("job_id").asLong(), shard.get("number").asInt()));
        }
        var workers = new ArrayList<WorkerStatus>();
        for (var worker : json(row.getString("look_workers"))) {
            workers.add(worker(worker, held.getOrDefault(worker.get("id").asText(), List.of())));
        }
        return workers;
    }

    private static WorkerStatus worker(JsonNode row, List<WorkerStatus.Held> shards) {
        return new WorkerStatus(
                row.get("id").asText(),
                row.get("host").asText(),
                row.get("pid").asLong(),
                row.get("slots").asInt(),
                shards.size(),
                row.get("taking").asBoolean(),
                notAccepting(row),
                instant(row, "started_at"),
                instant(row, "seen_at"),
                row.get("alive").asBoolean(),
                shards);
    }

    private static WorkerStatus.@Nullable NotTaking notAccepting(JsonNode row) {
        var reason = row.get("not_accepting");
        return reason.isNull()
                ? null
                : new WorkerStatus.NotTaking(
                        NotAccepting.valueOf(reason.asText()), instant(row, "not_accepting_since"));
    }

    private static Instant instant(JsonNode row, String column) {
        return OffsetDateTime.parse(row.get(column).asText()).toInstant();
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL writes JSON", e);
        }
    }
}
