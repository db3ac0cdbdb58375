package dev.backfleet.coordinator.cli.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.backfleet.coordinator.api.OpenApi;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;

/** The description of the API, against which answers are held: none has a field that it does not describe. */
final class ApiContract {
    private static final String ID = "urn:backfleet:openapi";
    private static final String ROOT = "/api/v1";
    private static final String SCHEMAS = "#/components/schemas/";
    private static final String DEFINITIONS = "#/$defs/";

    private final JsonNode document;
    private final SchemaRegistry registry;

    ApiContract() {
        document = description();
        close(document);
        registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(Map.of(ID, definitions()))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build()));
    }

    // Clients ignore fields that they do not know, so a schema permits them; none is written that it does not have.
    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has("required") && object.has("properties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(ApiContract::close);
    }

    private String definitions() {
        return ("{\"$defs\":" + document.at("/components/schemas") + "}").replace(SCHEMAS, DEFINITIONS);
    }

    /** The description as it is served. */
    static JsonNode description() {
        try {
            return new YAMLMapper().readTree(OpenApi.text());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** That an answer has a status, a media type and a body that the description has for its path. */
    void assertKept(String requested, HttpResponse<String> response) {
        var status = response.statusCode();
        if (response.body().isEmpty()) {
            return;
        }
        var responses = operation(requested).map(operation -> operation.get("responses"));
        if (responses.isEmpty()) {
            assertProblem(requested, response);
            return;
        }
        var answer = responses.get().has(String.valueOf(status))
                ? responses.get().get(String.valueOf(status))
                : responses.get().get(status / 100 + "XX");
        assertThat(answer).as("status %s of %s", status, requested).isNotNull();
        var described = answer.has("$ref") ? at(answer.get("$ref").asText()) : answer;
        var type = type(response);
        var content = described.path("content").path(type);
        assertThat(content.isObject())
                .as("%s of %s with status %s", type, requested, status)
                .isTrue();
        if (type.endsWith("json")) {
            assertValid(content.get("schema").get("$ref").asText().replace(SCHEMAS, ""), response.body());
        }
    }

    private void assertProblem(String requested, HttpResponse<String> response) {
        assertThat(type(response)).as(requested).isEqualTo("application/problem+json");
        assertValid("ApiProblem", response.body());
    }

    /** That JSON fits a schema of the description. */
    void assertValid(String schema, String json) {
        try {
            var errors = registry.getSchema(SchemaLocation.of(ID + DEFINITIONS + schema))
                    .validate(new ObjectMapper().readTree(json));
            assertThat(errors).as("%s%n%s", schema, json).isEmpty();
        } catch (JsonProcessingException e) {
            throw new AssertionError(json, e);
        }
    }

    private Optional<JsonNode> operation(String requested) {
        var path = requested.replaceFirst("[?].*", "").replaceFirst("^.*?" + ROOT, "");
        return document.get("paths").properties().stream()
                .filter(one -> path.matches(one.getKey().replaceAll("\\{[a-z]+}", "[^/]+")))
                .min((one, other) -> Integer.compare(places(one.getKey()), places(other.getKey())))
                .map(one -> one.getValue().get("get"));
    }

    private static int places(String path) {
        return path.split("\\{").length;
    }

    private JsonNode at(String reference) {
        return document.at(reference.substring(1));
    }

    private static String type(HttpResponse<String> response) {
        return response.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
    }
}
