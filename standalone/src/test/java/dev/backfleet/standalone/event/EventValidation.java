package dev.backfleet.standalone.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.HashMap;
import java.util.List;

/** Validates the data of events against their schemas, and refuses fields that a schema does not have. */
public final class EventValidation {
    private final SchemaRegistry registry;

    public EventValidation() {
        var schemas = new HashMap<String, String>();
        EventSchemas.all().values().forEach(schema -> {
            close(schema);
            schemas.put(schema.get("$id").asText(), schema.toString());
        });
        this.registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(schemas)
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build()));
    }

    // Readers ignore fields that they do not know, so a schema permits them; we write none that it does not have.
    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has("properties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(EventValidation::close);
    }

    /** What is wrong with the data. */
    public List<String> errors(String schema, JsonNode data) {
        return registry.getSchema(SchemaLocation.of(schema)).validate(data).stream()
                .map(Object::toString)
                .toList();
    }
}
