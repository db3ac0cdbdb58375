package dev.backfleet.coordinator.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A CloudEvent 1.0: in binary mode its attributes are headers of a record whose value is the data; in structured mode all of it is one
 * JSON object.
 *
 * @param id unique within a fleet
 * @param type what it says
 * @param at when it happened
 * @param job the job's id; null: the fleet
 * @param data an object as JSON
 */
public record CloudEvent(
        String id, EventType type, Instant at, @Nullable Long job, String data) {
    /** The media type of the structured mode. */
    public static final String STRUCTURED = "application/cloudevents+json; charset=utf-8";

    private static final String JSON = "application/json";

    /** What it is about: {@code jobs/7}, or {@code fleet}. */
    public String subject() {
        return job == null ? "fleet" : "jobs/" + job;
    }

    /**
     * The headers of a Kafka record in binary mode.
     *
     * @param fleet the prefix of the fleet's topics
     */
    public Map<String, String> headers(String fleet) {
        var headers = new LinkedHashMap<String, String>();
        attributes(fleet).forEach((name, value) -> headers.put("ce_" + name, value));
        headers.put("content-type", JSON);
        return headers;
    }

    /** All of it as one JSON object. */
    public String structured(String fleet) {
        var event = event(fleet);
        event.set("data", EventJson.read(data));
        return event.toString();
    }

    /** The same with other data. */
    public JsonNode withData(String fleet, JsonNode other) {
        var event = event(fleet);
        event.set("data", other);
        return event;
    }

    private ObjectNode event(String fleet) {
        var event = JsonNodeFactory.instance.objectNode();
        attributes(fleet).forEach(event::put);
        event.put("datacontenttype", JSON);
        return event;
    }

    private Map<String, String> attributes(String fleet) {
        var attributes = new LinkedHashMap<String, String>();
        attributes.put("specversion", "1.0");
        attributes.put("id", id);
        attributes.put("source", "/backfleet/" + fleet);
        attributes.put("type", type.cloudEventType());
        attributes.put("subject", subject());
        attributes.put("time", at.toString());
        attributes.put("dataschema", "urn:backfleet:schema:" + type.text() + ":v1");
        return attributes;
    }
}
