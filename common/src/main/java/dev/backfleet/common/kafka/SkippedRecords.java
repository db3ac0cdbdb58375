package dev.backfleet.common.kafka;

import dev.backfleet.common.metric.ProcessMetric;
import dev.backfleet.common.telemetry.EventAction;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts undecodable records and logs a sample of them, without their content. */
public final class SkippedRecords {
    private static final Logger log = LoggerFactory.getLogger(SkippedRecords.class);

    private final MeterRegistry registry;
    private final String topic;
    private final LogSample sample = new LogSample();

    /**
     * A counter.
     *
     * @param registry where it is kept
     * @param topic which of the topics, without its prefix: tasks, events, control
     */
    public SkippedRecords(MeterRegistry registry, String topic) {
        this.registry = registry;
        this.topic = topic;
    }

    /** Counts one record. */
    public void skipped(ConsumerRecord<?, ?> record, String reason, String message) {
        ProcessMetric.RECORDS_SKIPPED.counter(registry, topic, reason).increment();
        sample.next().ifPresent(suppressed -> log.atWarn()
                .addKeyValue("topic", record.topic())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("reason", message)
                .addKeyValue("suppressed", suppressed)
                .addKeyValue("action", EventAction.RECORD_SKIPPED)
                .log("record skipped"));
    }
}
