package dev.backfleet.common.kafka.event;

import dev.backfleet.common.event.DriftEvent;
import dev.backfleet.common.event.Event;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.kafka.JsonRecord;
import dev.backfleet.common.kafka.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An event on the events topic: key is the job's id, value is JSON with a version. */
public final class EventCodec {
    static final int MAX_BYTES = 16_384;
    private static final int VERSION = 1;
    private static final String DRIFT = "DRIFT";

    private EventCodec() {}

    /** The record's key: it keeps the events of a job in order. */
    public static byte[] key(Event event) {
        return Long.toString(event.shard().job()).getBytes(StandardCharsets.UTF_8);
    }

    /** The record's value. */
    public static byte[] encode(Event event) {
        return JsonRecord.write(JsonRecord.create(VERSION)
                .put("target", event.target().name())
                .put("type", event.type().name())
                .put("job", event.shard().job())
                .put("shard", event.shard().number())
                .put("epoch", event.epoch())
                .put("worker", event.worker())
                .put("rows", event.rows())
                .put("batches", event.batches())
                .put("error", event.error())
                .put("at", event.at().toString()));
    }

    /** The record's key: that of all events of the job. */
    static byte[] key(DriftEvent event) {
        return Long.toString(event.job()).getBytes(StandardCharsets.UTF_8);
    }

    /** The record's value. */
    static byte[] encode(DriftEvent event) {
        return JsonRecord.write(JsonRecord.create(VERSION)
                .put("target", event.target().name())
                .put("type", DRIFT)
                .put("job", event.job())
                .put("name", event.name())
                .put("reconcile", event.reconcile())
                .put("missing", event.missing())
                .put("different", event.different())
                .put("failed", event.failed())
                .put("since", event.since())
                .put("at", event.at().toString()));
    }

    /** Whether a record is about a job, and not about one of its shards. */
    static boolean isAboutJob(byte @Nullable [] value) throws UndecodableRecordException {
        return JsonRecord.read(value, MAX_BYTES, VERSION).text("type").equals(DRIFT);
    }

    /** Decodes a record's value. */
    public static Event decode(byte @Nullable [] value) throws UndecodableRecordException {
        var json = JsonRecord.read(value, MAX_BYTES, VERSION);
        var shard = json.positive("shard");
        if (shard > Integer.MAX_VALUE) {
            throw JsonRecord.malformed("'shard' is too large");
        }
        return new Event(
                json.target(),
                type(json.text("type")),
                new ShardId(json.positive("job"), (int) shard),
                json.natural("epoch"),
                json.text("worker"),
                json.natural("rows"),
                json.natural("batches"),
                json.optionalText("error").orElse(null),
                instant(json.text("at")));
    }

    private static Event.Type type(String name) throws UndecodableRecordException {
        return Arrays.stream(Event.Type.values())
                .filter(type -> type.name().equals(name))
                .findFirst()
                .orElseThrow(() -> JsonRecord.malformed("'type' is not known"));
    }

    private static Instant instant(String text) throws UndecodableRecordException {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw JsonRecord.malformed("'at' is not a time");
        }
    }
}
