package dev.backfleet.common.kafka.task;

import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.LogSample;
import dev.backfleet.common.kafka.SkippedRecords;
import dev.backfleet.common.kafka.UndecodableRecordException;
import dev.backfleet.common.metric.WorkerMetric;
import dev.backfleet.common.task.Task;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.common.trace.Cause;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decodes the records of tasks, counts them, and logs failures. */
final class TaskRecords {
    /** The header that names the span that has sent the record. */
    static final String TRACEPARENT = "traceparent";

    private static final Logger log = LoggerFactory.getLogger(TaskRecords.class);

    private final SkippedRecords skipped;
    private final Counter taken;
    private final Counter acknowledgementsFailed;
    private final Counter failures;
    private final LogSample sample = new LogSample();

    TaskRecords(MeterRegistry registry) {
        this.skipped = new SkippedRecords(registry, "tasks");
        this.taken = WorkerMetric.TASKS_TAKEN.counter(registry);
        this.acknowledgementsFailed = WorkerMetric.ACKNOWLEDGEMENTS_FAILED.counter(registry);
        this.failures = WorkerMetric.QUEUE_FAILURES.counter(registry);
    }

    /** The record's task; empty, and counted, if the record cannot be decoded. */
    Optional<Task> decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            var task = TaskCodec.decode(record.value());
            taken.increment();
            return Optional.of(task.sentBy(traceparent(record)));
        } catch (UndecodableRecordException e) {
            skipped.skipped(record, e.reason().tag(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static @Nullable String traceparent(ConsumerRecord<byte[], byte[]> record) {
        var header = record.headers().lastHeader(TRACEPARENT);
        return header == null || header.value() == null
                ? null
                : Cause.read(new String(header.value(), StandardCharsets.US_ASCII))
                        .orElse(null);
    }

    /** No state depends on an acknowledgement: the broker delivers the task again, and the claim fails. */
    void acknowledgementFailed(ConsumerRecord<byte[], byte[]> record, Throwable cause) {
        acknowledgementsFailed.increment();
        sample.next().ifPresent(suppressed -> log.atInfo()
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("cause", KafkaFailures.describe(cause))
                .addKeyValue("suppressed", suppressed)
                .addKeyValue("action", EventAction.TASK_NOT_ACKNOWLEDGED)
                .log("task not acknowledged; it may be delivered again"));
    }

    /** A consumer could not be closed in order. */
    void closingFailed(Throwable cause) {
        log.atInfo()
                .addKeyValue("cause", KafkaFailures.describe(cause))
                .log("a consumer of tasks was not closed in order");
    }

    /** The consumer is closed and opened again. */
    void queueFailed(Throwable cause) {
        failures.increment();
        sample.next().ifPresent(suppressed -> log.atWarn()
                .addKeyValue("cause", KafkaFailures.describe(cause))
                .addKeyValue("suppressed", suppressed)
                .log("taking tasks failed; retrying"));
    }
}
