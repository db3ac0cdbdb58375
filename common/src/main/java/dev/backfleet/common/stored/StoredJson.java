package dev.backfleet.common.stored;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form of a kind of value that is stored in the control schema: an object with ISO 8601 times and durations,
 * and its version in the field {@code v}. An unknown field is ignored, so that a later release may add one. A change
 * that an older reader must not ignore gets a new version, which an older reader rejects.
 *
 * @param <T> a record
 */
public final class StoredJson<T> {
    private static final String VERSION = "v";
    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,9}");

    // The version of values that were stored without one.
    private static final int FIRST = 1;

    private final String kind;
    private final ToIntFunction<T> written;
    private final int version;
    private final Class<T> type;

    /**
     * A kind of stored value.
     *
     * @param kind its name in messages
     * @param version the version that this release writes; it reads this version and all earlier ones
     */
    public StoredJson(String kind, int version, Class<T> type) {
        this(kind, value -> version, version, type);
    }

    /**
     * A kind of stored value of which only some need a new version, so that earlier releases can read the others.
     *
     * @param kind its name in messages
     * @param written the version in which a value is written
     * @param version the highest version; it reads this version and all earlier ones
     */
    public StoredJson(String kind, ToIntFunction<T> written, int version, Class<T> type) {
        this.kind = kind;
        this.written = written;
        this.version = version;
        this.type = type;
    }

    /** Whether a value with this version, which may be missing, was stored by a later release. */
    public boolean isNewer(@Nullable String stored) {
        return stored != null && (!WHOLE.matcher(stored).matches() || Integer.parseInt(stored) > version);
    }

    /** The value as JSON. */
    public String write(T value) {
        ObjectNode tree = Mapper.JSON.valueToTree(value);
        tree.put(VERSION, written.applyAsInt(value));
        return tree.toString();
    }

    /**
     * Parses a stored value.
     *
     * @throws UnreadableException if this release cannot read it
     */
    public T read(String json) {
        try {
            var tree = Mapper.JSON.readTree(json);
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
            return Mapper.JSON.treeToValue(tree, type);
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

    // Only the position: Jackson's message would quote the content.
    private static String place(JsonProcessingException e) {
        var path = e instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .map(part -> part.getFieldName() == null ? "[" + part.getIndex() + "]" : part.getFieldName())
                        .collect(Collectors.joining("."))
                : "";
        return path.isEmpty() ? "" : " (field " + path + ")";
    }

    /** Made with the first value that is read or written: a command often reads none, and is over sooner than a mapper is made. */
    private static final class Mapper {
        private static final JsonMapper JSON = JsonMapper.builder()
                .addModule(new JavaTimeModule())
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .build();
    }
}
