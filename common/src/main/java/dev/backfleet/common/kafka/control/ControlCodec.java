package dev.backfleet.common.kafka.control;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.kafka.JsonRecord;
import dev.backfleet.common.kafka.UndecodableRecordException;
import dev.backfleet.common.task.Target;
import dev.backfleet.common.timeline.Timeline;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes the records of the control topic. Keys: {@code fleet}, {@code job/ID}, {@code job/ID/tenant/T},
 * {@code heartbeat}; keys of targets other than the default one begin with {@code target/NAME/}. Values: JSON with a
 * version, or a bare word; no value (a tombstone) removes the desired state.
 *
 * <p>An invalid record is rejected and changes nothing: it never permits work. If a value repeats its key, as {@code
 * scope}, or names the target, it must match the key.
 */
public final class ControlCodec {
    static final int MAX_BYTES = 16_384;
    private static final int MAX_KEY_BYTES = 4_096;
    private static final int VERSION = 1;
    private static final String HEARTBEAT_KEY = "heartbeat";
    private static final Pattern OTHER_TARGET =
            Pattern.compile("target/(?!default/)[a-z0-9][a-z0-9-]{0,62}/.+", Pattern.DOTALL);
    private static final Pattern BARE_WORD = Pattern.compile("[A-Za-z]{1,16}");

    private ControlCodec() {}

    /** The record's key for a scope. */
    public static byte[] key(Scope scope) {
        return scope.key().getBytes(StandardCharsets.UTF_8);
    }

    /** The record's key for the leading coordinator's heartbeat. */
    public static byte[] heartbeatKey() {
        return HEARTBEAT_KEY.getBytes(StandardCharsets.UTF_8);
    }

    /** The record's value for a desired state. */
    public static byte[] encode(ControlRecord record) {
        return JsonRecord.write(JsonRecord.create(VERSION)
                .put("target", Target.DEFAULT.name())
                .put("state", record.state().name().toLowerCase(Locale.ROOT))
                .put("reason", record.reason())
                .put("by", record.by()));
    }

    /**
     * The record's value for a heartbeat.
     *
     * @param timeline the timeline of the coordinator's database, if known
     */
    public static byte[] encodeHeartbeat(String coordinator, long epoch, Optional<Timeline> timeline) {
        var record = JsonRecord.create(VERSION)
                .put("target", Target.DEFAULT.name())
                .put("coordinator", coordinator)
                .put("epoch", epoch);
        timeline.ifPresent(known -> record.put("system", known.system()).put("timeline", known.number()));
        return JsonRecord.write(record);
    }

    /** Decodes a record. */
    public static ControlChange decode(byte @Nullable [] key, byte @Nullable [] value) {
        if (key == null || key.length > MAX_KEY_BYTES) {
            return new ControlChange.Rejected("key", key == null ? "no key" : "key is too long");
        }
        var text = new String(key, StandardCharsets.UTF_8);
        if (OTHER_TARGET.matcher(text).matches()) {
            return new ControlChange.OfAnotherTarget();
        }
        try {
            if (text.equals(HEARTBEAT_KEY)) {
                return heartbeat(value);
            }
            var scope = Scope.parse(text);
            return scope.isPresent()
                    ? desired(scope.get(), value)
                    : new ControlChange.Rejected(
                            "key", "the key is none of fleet, job/ID, job/ID/tenant/T and heartbeat");
        } catch (UndecodableRecordException e) {
            return new ControlChange.Rejected(e.reason().tag(), String.valueOf(e.getMessage()));
        }
    }

    private static ControlChange heartbeat(byte @Nullable [] value) throws UndecodableRecordException {
        var record = JsonRecord.read(value, MAX_BYTES, VERSION);
        record.text("coordinator");
        requireDefault(record);
        // A coordinator of an older release sends no timeline.
        var system = record.optionalText("system");
        return new ControlChange.Heartbeat(
                system.isPresent()
                        ? Optional.of(new Timeline(system.get(), record.positive("timeline")))
                        : Optional.empty());
    }

    private static ControlChange desired(Scope scope, byte @Nullable [] value) throws UndecodableRecordException {
        if (value == null) {
            return new ControlChange.Desired(scope, Optional.empty());
        }
        var record = record(scope, value);
        if (record.state() == DesiredState.CANCEL && !(scope instanceof Scope.Job)) {
            throw JsonRecord.malformed("only a job can be cancelled");
        }
        return new ControlChange.Desired(scope, Optional.of(record));
    }

    private static ControlRecord record(Scope scope, byte[] value) throws UndecodableRecordException {
        if (value.length <= MAX_BYTES) {
            var word = new String(value, StandardCharsets.UTF_8).strip();
            if (BARE_WORD.matcher(word).matches()) {
                return new ControlRecord(state(word), null, null);
            }
        }
        var json = JsonRecord.read(value, MAX_BYTES, VERSION);
        var claimed = json.optionalText("scope");
        if (claimed.isPresent() && !claimed.get().equals(scope.key())) {
            throw JsonRecord.malformed("the record's scope differs from its key");
        }
        requireDefault(json);
        return new ControlRecord(
                state(json.text("state")),
                json.optionalText("reason").orElse(null),
                json.optionalText("by").orElse(null));
    }

    // A key without a target is about the default target.
    private static void requireDefault(JsonRecord record) throws UndecodableRecordException {
        if (!record.target().equals(Target.DEFAULT)) {
            throw JsonRecord.malformed("the record's target differs from its key's target");
        }
    }

    private static DesiredState state(String word) throws UndecodableRecordException {
        return switch (word.strip().toLowerCase(Locale.ROOT)) {
            case "run", "resume" -> DesiredState.RUN;
            case "pause" -> DesiredState.PAUSE;
            case "cancel" -> DesiredState.CANCEL;
            default -> throw JsonRecord.malformed("the state is none of run, resume, pause and cancel");
        };
    }
}
