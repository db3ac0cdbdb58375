package dev.backfleet.common.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a log event as one line of JSON with the names of {@link LogField}: the event's key-value pairs are fields of the object;
 * numbers and booleans keep their type, and durations are nanoseconds.
 */
final class JsonLineEncoder extends EncoderBase<ILoggingEvent> {

    private static final String ECS_VERSION = "8.17.0";

    private final JsonFactory factory = new JsonFactory();
    private final LoggedService service;

    /** @param service the process that logs */
    JsonLineEncoder(LoggedService service) {
        this.service = service;
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        var bytes = new ByteArrayOutputStream(256);
        try (var json = factory.createGenerator(bytes)) {
            write(event, json);
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    private void write(ILoggingEvent event, JsonGenerator json) throws IOException {
        json.writeStartObject();
        write(LogField.TIMESTAMP, Instant.ofEpochMilli(event.getTimeStamp()).toString(), json);
        write(LogField.LEVEL, event.getLevel().toString(), json);
        write(LogField.MESSAGE, event.getFormattedMessage(), json);
        write(LogField.ECS_VERSION, ECS_VERSION, json);
        write(LogField.SERVICE_NAME, service.name(), json);
        write(LogField.SERVICE_VERSION, service.version(), json);
        write(LogField.SERVICE_NODE, service.node(), json);
        write(LogField.DATASET, service.name(), json);
        write(LogField.LOGGER, event.getLoggerName(), json);
        write(LogField.THREAD, event.getThreadName(), json);
        var written = new HashSet<String>();
        var pairs = event.getKeyValuePairs();
        for (var pair : pairs == null ? List.<org.slf4j.event.KeyValuePair>of() : pairs) {
            var name = LogField.of(pair.key);
            while (!written.add(name)) {
                // A JSON object may contain a name only once.
                name += "_";
            }
            json.writeFieldName(name);
            writeValue(pair.value, json);
            if (pair.value instanceof EventAction action) {
                write(LogField.OUTCOME, action.outcome(), json);
            }
        }
        var failure = event.getThrowableProxy();
        if (failure != null) {
            write(LogField.ERROR_TYPE, failure.getClassName(), json);
            write(LogField.STACK_TRACE, ThrowableProxyUtil.asString(failure), json);
        }
        json.writeEndObject();
    }

    private static void write(LogField field, String text, JsonGenerator json) throws IOException {
        json.writeStringField(field.text(), text);
    }

    private static void writeValue(@Nullable Object value, JsonGenerator json) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            json.writeNumber(((Number) value).longValue());
        } else if (value instanceof Duration duration) {
            json.writeNumber(duration.toNanos());
        } else if (value instanceof Number number && isFinite(number)) {
            json.writeNumber(new BigDecimal(number.toString()).toString());
        } else {
            json.writeString(value.toString());
        }
    }

    /** JSON has no form for NaN and infinity. */
    private static boolean isFinite(Number number) {
        return number instanceof BigDecimal
                || number instanceof BigInteger
                || (number instanceof Double real && Double.isFinite(real))
                || (number instanceof Float single && Float.isFinite(single));
    }
}
