package dev.backfleet.coordinator.postgres.trial;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** PostgreSQL's answer to {@code explain (format json)}. */
final class PlanJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private PlanJson() {}

    /** What was explained: the plan is its {@code Plan}. */
    static JsonNode parsed(String json) {
        try {
            return MAPPER.readTree(json).path(0);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL's plan is no JSON", e);
        }
    }

    /** The part of a plan with this name, such as {@code CTE backfleet_change}; a missing node if there is none. */
    static JsonNode part(JsonNode node, String name) {
        if (node.path("Subplan Name").asText().equals(name)) {
            return node;
        }
        for (var child : node.path("Plans")) {
            var found = part(child, name);
            if (!found.isMissingNode()) {
                return found;
            }
        }
        return none();
    }

    static JsonNode none() {
        return MAPPER.missingNode();
    }
}
