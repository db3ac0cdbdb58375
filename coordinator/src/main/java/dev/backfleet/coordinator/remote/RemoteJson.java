package dev.backfleet.coordinator.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.backfleet.coordinator.live.Looks;
import dev.backfleet.coordinator.query.JobCost;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.ShardMap;
import dev.backfleet.coordinator.query.Snapshot;
import java.util.List;
import java.util.stream.StreamSupport;

/** Reads the answers of the API into the records that were written. Fields of a later release are ignored. */
final class RemoteJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private RemoteJson() {}

    static JsonNode tree(String json) throws JsonProcessingException {
        return MAPPER.readTree(json);
    }

    /** A job from the last two events of its stream. */
    static Snapshot snapshot(String job, String fleet) throws JsonProcessingException {
        var status = MAPPER.readTree(job);
        var around = MAPPER.readValue(fleet, Looks.Surroundings.class);
        return new Snapshot(
                MAPPER.treeToValue(status, JobStatus.class),
                around.fleet(),
                around.workers(),
                around.blockers(),
                map(status),
                status.hasNonNull("cost") ? MAPPER.treeToValue(status.get("cost"), JobCost.class) : null);
    }

    private static ShardMap map(JsonNode status) {
        var map = status.path("shardMap");
        return map.isObject()
                ? new ShardMap(
                        map.path("bucketShards").asInt(),
                        list(map.path("total")),
                        list(map.path("done")),
                        list(map.path("inFlight")),
                        list(map.path("failed")),
                        null)
                : ShardMap.none(status.path("shardMapNote").textValue());
    }

    private static List<Integer> list(JsonNode counts) {
        return StreamSupport.stream(counts.spliterator(), false)
                .map(JsonNode::asInt)
                .toList();
    }
}
