package dev.backfleet.standalone.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfleet.coordinator.api.ApiCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The description of the API as a page. */
final class ApiReference {
    private static final String REFERENCE = "$ref";

    private final JsonNode document;

    ApiReference(JsonNode document) {
        this.document = document;
    }

    String page() {
        var lines = new ArrayList<String>();
        lines.add("# API");
        lines.add("");
        lines.add("<!-- Made from openapi.yaml by: mvn -pl standalone -am test -Dbackfleet.regenerate=true -->");
        lines.add("");
        lines.add(document.at("/info/description").asText().strip());
        lines.add("");
        lines.add(
                "How to get at it, with examples: [the API](../api.md). A coordinator serves the description itself, as OpenAPI 3.1, at "
                        + "`/api/v1/openapi.yaml`.");
        resources(lines);
        problems(lines);
        lines.add("");
        lines.add("## Records");
        document.at("/components/schemas")
                .properties()
                .forEach(schema -> record(lines, schema.getKey(), schema.getValue()));
        return String.join("\n", lines) + "\n";
    }

    private void resources(List<String> lines) {
        lines.add("");
        lines.add("## Resources");
        lines.add("");
        lines.add("Each can be read with GET and HEAD, below `/api/v1`. An unknown parameter is refused.");
        lines.add("");
        lines.add("| path | answers | with | parameters |");
        lines.add("|---|---|---|---|");
        document.get("paths").properties().forEach(path -> {
            var operation = path.getValue().get("get");
            lines.add("| `" + path.getKey() + "` | " + operation.get("summary").asText() + " | "
                    + answer(operation.at("/responses/200")) + " | " + parameters(operation.path("parameters")) + " |");
        });
    }

    private static String answer(JsonNode response) {
        var content = response.get("content").properties().iterator().next();
        var schema = content.getValue().get("schema");
        return schema.has(REFERENCE)
                ? link(schema)
                : "`" + content.getKey() + "`: "
                        + response.get("description").asText().strip();
    }

    private static String parameters(JsonNode parameters) {
        return StreamSupport.stream(parameters.spliterator(), false)
                .filter(parameter -> parameter.path("in").asText().equals("query"))
                .map(parameter -> "`" + parameter.get("name").asText() + "`: "
                        + parameter.get("description").asText())
                .collect(Collectors.joining("<br>"));
    }

    private static void problems(List<String> lines) {
        lines.add("");
        lines.add("## Problems");
        lines.add("");
        lines.add(
                "What is not answered is a problem by RFC 9457 ([ApiProblem](#apiproblem)), of the type `urn:backfleet:problem:CODE`.");
        lines.add("Those with status 503 pass: ask again after the seconds in `Retry-After`.");
        lines.add("");
        lines.add("| code | status | title |");
        lines.add("|---|---:|---|");
        for (var code : ApiCode.values()) {
            lines.add("| `" + code + "` | " + code.status() + " | " + code.title() + " |");
        }
    }

    private static void record(List<String> lines, String name, JsonNode schema) {
        lines.add("");
        lines.add("### " + name);
        lines.add("");
        if (schema.has("description")) {
            lines.add(schema.get("description").asText());
            lines.add("");
        }
        if (schema.has("enum")) {
            lines.add("One of "
                    + StreamSupport.stream(schema.get("enum").spliterator(), false)
                            .map(value -> "`" + value.asText() + "`")
                            .collect(Collectors.joining(", "))
                    + ".");
            return;
        }
        lines.add("| field | type | |");
        lines.add("|---|---|---|");
        schema.get("properties")
                .properties()
                .forEach(field -> lines.add("| `" + field.getKey() + "` | " + type(field.getValue()) + " | "
                        + field.getValue().path("description").asText().replace("|", "\\|") + " |"));
    }

    private static String type(JsonNode schema) {
        if (schema.has(REFERENCE)) {
            return link(schema);
        }
        if (schema.has("anyOf")) {
            return StreamSupport.stream(schema.get("anyOf").spliterator(), false)
                    .map(ApiReference::type)
                    .collect(Collectors.joining(" or "));
        }
        var type = schema.path("type");
        var words = type.isArray()
                ? StreamSupport.stream(type.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.joining(" or "))
                : type.asText();
        if (schema.has("items")) {
            return words + " of " + type(schema.get("items"));
        }
        if (schema.has("additionalProperties")
                && schema.get("additionalProperties").isObject()) {
            return words + " of " + type(schema.get("additionalProperties"));
        }
        return schema.has("format") ? words + " (" + schema.get("format").asText() + ")" : words;
    }

    private static String link(JsonNode schema) {
        var name = schema.get(REFERENCE).asText().replaceFirst("^.*/", "");
        return "[" + name + "](#" + name.toLowerCase(Locale.ROOT) + ")";
    }
}
