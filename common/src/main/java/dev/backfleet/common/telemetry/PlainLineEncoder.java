package dev.backfleet.common.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Encodes a log event as text: time, level, logger, message, {@code key=value}; durations are in milliseconds. Only the first line of an event starts
 * in the first column, so that no value can imitate another event.
 */
final class PlainLineEncoder extends EncoderBase<ILoggingEvent> {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    private final boolean withThread;

    PlainLineEncoder(boolean withThread) {
        this.withThread = withThread;
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        var line = new StringBuilder(160)
                .append(TIME.format(Instant.ofEpochMilli(event.getTimeStamp())))
                .append(String.format(" %-5s ", event.getLevel()));
        if (withThread) {
            line.append('[').append(oneLine(event.getThreadName())).append("] ");
        }
        line.append(shortName(event.getLoggerName())).append(": ").append(oneLine(event.getFormattedMessage()));
        for (var pair : pairs(event)) {
            if (!(pair.value instanceof EventAction)) {
                line.append(' ').append(oneLine(pair.key)).append('=').append(value(text(pair.value)));
            }
        }
        line.append('\n');
        appendException(line, event);
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    private static List<KeyValuePair> pairs(ILoggingEvent event) {
        return Objects.requireNonNullElse(event.getKeyValuePairs(), List.of());
    }

    private static void appendException(StringBuilder line, ILoggingEvent event) {
        if (event.getThrowableProxy() != null) {
            ThrowableProxyUtil.asString(event.getThrowableProxy()).lines().forEach(part -> line.append("    ")
                    .append(oneLine(part.replace("\t", "    ")))
                    .append('\n'));
        }
    }

    private static String shortName(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    private static String text(@Nullable Object value) {
        return value instanceof Duration duration ? duration.toMillis() + "ms" : String.valueOf(value);
    }

    private static String value(String text) {
        var plain = !text.isEmpty() && text.chars().noneMatch(c -> c <= ' ' || c == '"' || c == '=');
        return plain ? oneLine(text) : '"' + oneLine(text.replace("\\", "\\\\").replace("\"", "\\\"")) + '"';
    }

    /**
     * Escapes control characters: a line break would forge a log line, and an escape sequence would control the
     * terminal.
     */
    private static String oneLine(@Nullable String text) {
        if (text == null) {
            return "null";
        }
        if (text.chars().noneMatch(PlainLineEncoder::mustBeWrittenOut)) {
            return text;
        }
        var safe = new StringBuilder(text.length() + 16);
        text.chars().forEach(c -> {
            switch (c) {
                case '\n' -> safe.append("\\n");
                case '\r' -> safe.append("\\r");
                case '\t' -> safe.append("\\t");
                default -> {
                    if (mustBeWrittenOut(c)) {
                        safe.append(String.format("\\u%04x", c));
                    } else {
                        safe.append((char) c);
                    }
                }
            }
        });
        return safe.toString();
    }

    private static boolean mustBeWrittenOut(int c) {
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
    }
}
