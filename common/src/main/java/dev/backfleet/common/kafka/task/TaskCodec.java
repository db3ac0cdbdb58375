package dev.backfleet.common.kafka.task;

import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.kafka.JsonRecord;
import dev.backfleet.common.kafka.UndecodableRecordException;
import dev.backfleet.common.task.Task;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A task on the tasks topic: key {@code JOB/SHARD}, value {@code
 * {"v":1,"target":"default","job":1,"shard":2,"dispatch":3}}. A task without a target, as earlier releases publish it,
 * is for the default target.
 */
public final class TaskCodec {
    static final int MAX_BYTES = 1_024;
    private static final int VERSION = 1;

    private TaskCodec() {}

    /** The record's key: for people who read the topic; no code reads it. */
    public static byte[] key(Task task) {
        return task.shard().toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The record's value. */
    public static byte[] encode(Task task) {
        return JsonRecord.write(JsonRecord.create(VERSION)
                .put("target", task.target().name())
                .put("job", task.shard().job())
                .put("shard", task.shard().number())
                .put("dispatch", task.dispatch()));
    }

    /** Decodes a record's value. */
    public static Task decode(byte @Nullable [] value) throws UndecodableRecordException {
        var json = JsonRecord.read(value, MAX_BYTES, VERSION);
        var shard = json.positive("shard");
        if (shard > Integer.MAX_VALUE) {
            throw JsonRecord.malformed("'shard' is too large");
        }
        return new Task(json.target(), new ShardId(json.positive("job"), (int) shard), json.natural("dispatch"));
    }
}
