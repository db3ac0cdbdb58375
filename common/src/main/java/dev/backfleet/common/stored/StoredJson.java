package dev.backfleet.common.stored;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a kind of value is stored in the control schema: as a JSON object with ISO 8601 times and durations, and its
 * version in the field {@code v}. A field that this release does not know is ignored, so that a later release may add
 * one. What an older reader must not ignore takes a new version: an older reader then refuses the value.
 *
 * @param <T> a record
 */
public final class StoredJson<T> {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private static final String VERSION = "v";

    // Values that were stored before there were versions.
    private static final int FIRST = 1;

    private final String kind;
    private final int version;
    private final Class<T> type;

    /**
     * Describes a kind of stored value.
     *
     * @param kind what it is called in messages
     * @param version what this release writes; it reads this version and all before
     */
    public StoredJson(String kind, int version, Class<T> type) {
        this.kind = kind;
        this.version = version;
        this.type = type;
    }

    /** The value as JSON. */
    public String write(T value) {
        ObjectNode tree = MAPPER.valueToTree(value);
        tree.put(VERSION, version);
        return tree.toString();
    }

    /**
     * The value that {@code json} holds.
     *
     * @throws UnreadableException if this release cannot read it
     */
    public T read(String json) {
        try {
            var tree = MAPPER.readTree(json);
            var stored = tree.path(VERSION).asInt(FIRST);
            if (stored > version) {
                throw new UnreadableException(
                        "the stored " + kind + " has version " + stored + ", and this release of Backfleet reads up to "
                                + version + ": upgrade to the release that stored it, or a later one",
                        true,
                        null);
            }
            if (!tree.isObject()) {
                throw unreadable("", null);
            }
            return MAPPER.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            if (e.getCause() instanceof UnreadableException cause) {
                throw cause;
            }
            throw unreadable(place(e), e);
        }
    }

    private UnreadableException unreadable(String place, @Nullable Throwable cause) {
        return new UnreadableException(
                "the stored " + kind + " cannot be read" + place
                        + ": cancel the job and submit it again, or upgrade to the release that stored it",
                false,
                cause);
    }

    // The place only: Jackson's own words quote what is there.
    private static String place(JsonProcessingException e) {
        var path = e instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .map(part -> part.getFieldName() == null ? "[" + part.getIndex() + "]" : part.getFieldName())
                        .collect(Collectors.joining("."))
                : "";
        return path.isEmpty() ? "" : " (field " + path + ")";
    }
}
