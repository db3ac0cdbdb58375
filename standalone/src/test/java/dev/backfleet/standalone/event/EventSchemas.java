package dev.backfleet.standalone.event;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfleet.coordinator.notify.EventData;
import dev.backfleet.coordinator.notify.EventType;
import dev.backfleet.coordinator.problem.JobReport;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The JSON Schemas of the data of events, made from the records that are written: one for each type, and one for the status. */
final class EventSchemas {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String STATUS = "status";
    private static final Set<Type> WHOLE = Set.of(long.class, Long.class, int.class, Integer.class);
    private static final Set<Type> NUMBERS = Set.of(double.class, Double.class);
    private static final Set<Type> BOOLEANS = Set.of(boolean.class, Boolean.class);

    private EventSchemas() {}

    /** All schemas, by the names of their files. */
    static Map<String, ObjectNode> all() {
        var schemas = new LinkedHashMap<String, ObjectNode>();
        schemas.put(file(STATUS), status());
        for (var type : EventType.values()) {
            schemas.put(file(type.text()), of(type));
        }
        return schemas;
    }

    static String id(String name) {
        return "urn:backfleet:schema:" + name + ":v1";
    }

    private static String file(String name) {
        return name + ".v1.json";
    }

    private static ObjectNode status() {
        return head(STATUS, "The status of a job, as `backfleet status -o json` has it")
                .setAll(record(JobReport.class));
    }

    private static ObjectNode of(EventType type) {
        var schema = head(type.text(), type.tells());
        schema.setAll(record(EventData.class));
        var properties = (ObjectNode) schema.get("properties");
        var ofJob = type.text().startsWith("job.") || type.text().startsWith("reconcile.");
        // The job of a migration may have been pruned.
        if (!type.text().startsWith("migration.")) {
            require(properties, "job", ofJob);
        }
        require(properties, "reconcile", type.text().startsWith("reconcile."));
        var after = after(type);
        if (!after.isEmpty()) {
            var states = properties.putObject("after").putArray("enum");
            after.forEach(states::add);
        }
        type.digest().ifPresent(digest -> properties
                .putObject("events")
                .put("type", "integer")
                .put("minimum", 2)
                .put("description", "How many events a message to a webhook sums up; absent: this one."));
        return schema;
    }

    private static ObjectNode head(String name, String description) {
        var schema = JsonNodeFactory.instance.objectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("$id", id(name));
        schema.put("title", name);
        schema.put("description", description + ".");
        return schema;
    }

    private static void require(ObjectNode properties, String name, boolean present) {
        properties.set(
                name,
                present
                        ? properties.get(name).get("anyOf").get(0)
                        : JsonNodeFactory.instance.objectNode().put("type", "null"));
    }

    /** What may be after an event; nothing: any text, or none. */
    static List<String> after(EventType type) {
        return switch (type) {
            case JOB_PROPOSED -> List.of("PLANNING");
            case JOB_PLANNED -> List.of("RUNNING", "PAUSED");
            case JOB_STARTED, JOB_RESUMED -> List.of("RUNNING");
            case JOB_PAUSED -> List.of("PAUSED");
            case JOB_PAUSED_ITSELF -> List.of("PAUSING", "PAUSED");
            case JOB_HALTED -> List.of("HALTED");
            case JOB_FAILED -> List.of("FAILED");
            case JOB_CANCELLED -> List.of("CANCELLED");
            case JOB_SUCCEEDED -> List.of("SUCCEEDED");
            case FLEET_PAUSED -> List.of("PAUSE");
            case FLEET_RESUMED -> List.of("RUN");
            case MIGRATION_ROLLED_BACK -> List.of("OFF");
            case MIGRATION_RENAMED -> List.of("RENAMED");
            case MIGRATION_RENAMED_BACK -> List.of("CUT");
            case RECONCILE_SAFE -> List.of("SAFE");
            case RECONCILE_DRIFT -> List.of("DRIFT");
            case RECONCILE_INCOMPLETE -> List.of("INCOMPLETE");
            case JOB_HELD, JOB_RELEASED, JOB_WAVE_DONE, JOB_QUARANTINED, MIGRATION_SWITCHED, WEBHOOK_TEST -> List.of();
        };
    }

    private static ObjectNode record(Class<?> type) {
        var schema = JsonNodeFactory.instance.objectNode().put("type", "object");
        var properties = JsonNodeFactory.instance.objectNode();
        add(properties, type);
        var required = schema.putArray("required");
        properties.fieldNames().forEachRemaining(required::add);
        schema.set("properties", properties);
        return schema;
    }

    private static void add(ObjectNode properties, Class<?> type) {
        for (var component : type.getRecordComponents()) {
            if (has(component, JsonIgnore.class)) {
                continue;
            }
            if (has(component, JsonUnwrapped.class)) {
                add(properties, component.getType());
            } else {
                properties.set(component.getName(), of(component.getAnnotatedType()));
            }
        }
    }

    private static boolean has(RecordComponent component, Class<? extends java.lang.annotation.Annotation> annotation) {
        return component.isAnnotationPresent(annotation)
                || component.getAccessor().isAnnotationPresent(annotation);
    }

    private static ObjectNode of(AnnotatedType annotated) {
        var schema = type(annotated);
        if (!annotated.isAnnotationPresent(Nullable.class)) {
            return schema;
        }
        var either = JsonNodeFactory.instance.objectNode();
        either.putArray("anyOf").add(schema).addObject().put("type", "null");
        return either;
    }

    private static ObjectNode type(AnnotatedType annotated) {
        var type = annotated.getType();
        var schema = JsonNodeFactory.instance.objectNode();
        if (type == JobReport.class) {
            return schema.put("$ref", id(STATUS));
        }
        if (type == String.class) {
            return schema.put("type", "string");
        }
        if (type == Instant.class) {
            return schema.put("type", "string").put("format", "date-time");
        }
        if (WHOLE.contains(type)) {
            return schema.put("type", "integer");
        }
        if (NUMBERS.contains(type)) {
            return schema.put("type", "number");
        }
        if (BOOLEANS.contains(type)) {
            return schema.put("type", "boolean");
        }
        if (type instanceof ParameterizedType of && annotated instanceof AnnotatedParameterizedType parameters) {
            var elements = parameters.getAnnotatedActualTypeArguments();
            var last = of(elements[elements.length - 1]);
            return of.getRawType() == Map.class
                    ? schema.put("type", "object").set("additionalProperties", last)
                    : schema.put("type", "array").set("items", last);
        }
        if (type instanceof Class<?> known && known.isEnum()) {
            var values = schema.putArray("enum");
            for (var constant : known.getEnumConstants()) {
                values.add(MAPPER.valueToTree(constant).asText());
            }
            return schema;
        }
        if (type instanceof Class<?> known && known.isRecord()) {
            return record(known);
        }
        throw new IllegalStateException("a schema of " + type + " is not known");
    }
}
