package dev.backfleet.common.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfleet.common.kafka.UndecodableRecordException.Reason;
import dev.backfleet.common.task.Target;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One JSON object from a topic: strict about size, version and types, tolerant of unknown fields. */
public final class JsonRecord {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final ObjectNode fields;

    private JsonRecord(ObjectNode fields) {
        this.fields = fields;
    }

    /** An object with only its version, to be filled and written. */
    public static ObjectNode create(int version) {
        return MAPPER.createObjectNode().put("v", version);
    }

    /** The bytes to publish. */
    public static byte[] write(ObjectNode fields) {
        try {
            return MAPPER.writeValueAsBytes(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values is always writable", e);
        }
    }

    /** Reads an object whose field {@code v}, 1 if it is missing, is at most {@code version}. */
    public static JsonRecord read(byte @Nullable [] value, int maxBytes, int version)
            throws UndecodableRecordException {
        if (value == null || value.length == 0) {
            throw malformed("empty value");
        }
        if (value.length > maxBytes) {
            throw new UndecodableRecordException(
                    Reason.OVERSIZED, "value of " + value.length + " bytes, at most " + maxBytes + " are read");
        }
        var json = new JsonRecord(parse(value));
        var actual = json.fields.has("v") ? json.positive("v") : 1;
        if (actual > version) {
            throw new UndecodableRecordException(
                    Reason.NEWER, "version " + actual + ", this release reads up to " + version);
        }
        return json;
    }

    private static ObjectNode parse(byte[] value) throws UndecodableRecordException {
        try {
            if (MAPPER.readTree(value) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            throw malformed("not JSON"); // the parser's message would quote the record
        }
        throw malformed("not a JSON object");
    }

    /** The field {@code target}: the database that the record is about; the default target if the field is missing. */
    public Target target() throws UndecodableRecordException {
        var name = optionalText("target");
        if (name.isEmpty()) {
            return Target.DEFAULT;
        }
        if (!Target.isName(name.get())) {
            throw malformed("'target' is not the name of a target");
        }
        return new Target(name.get());
    }

    /** A whole number above zero. */
    public long positive(String name) throws UndecodableRecordException {
        var number = natural(name);
        if (number == 0) {
            throw malformed("'" + name + "' is not above zero");
        }
        return number;
    }

    /** A whole number from zero. */
    public long natural(String name) throws UndecodableRecordException {
        var node = fields.path(name);
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw malformed("'" + name + "' is not a whole number from zero");
        }
        return node.longValue();
    }

    /** A required text. */
    public String text(String name) throws UndecodableRecordException {
        return optionalText(name).orElseThrow(() -> malformed("'" + name + "' is not a text"));
    }

    /** An optional text: missing or null gives empty. */
    public Optional<String> optionalText(String name) throws UndecodableRecordException {
        JsonNode node = fields.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isTextual()) {
            throw malformed("'" + name + "' is not a text");
        }
        return Optional.of(node.textValue());
    }

    /** The exception for a malformed record. */
    public static UndecodableRecordException malformed(String message) {
        return new UndecodableRecordException(Reason.MALFORMED, message);
    }
}
