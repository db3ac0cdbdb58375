package dev.backfleet.common.kafka.event;

import dev.backfleet.common.event.Event;
import dev.backfleet.common.event.EventSink;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.LogSample;
import dev.backfleet.common.metric.WorkerMetric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes events to Kafka in the background; drops and counts events that it cannot accept at once. */
public final class KafkaEventSink implements EventSink, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KafkaEventSink.class);

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final Counter dropped;
    private final LogSample sample = new LogSample(Duration.ofSeconds(10));

    /** Opens the producer; the cluster need not be reachable yet. */
    public KafkaEventSink(KafkaClients clients, MeterRegistry registry) {
        this.topic = clients.topics().events();
        this.dropped = WorkerMetric.EVENTS_DROPPED.counter(registry);
        this.producer = clients.producer("events", config());
        askForMetadata();
    }

    private static Map<String, Object> config() {
        return Map.of(
                ProducerConfig.ACKS_CONFIG,
                "1",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                false,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                10_000,
                // The end of one shard and the claim of the next are sent together. A slot does not wait for them,
                // since the dispatcher keeps tasks in reserve.
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                // Never wait: neither for a broker nor for space in the buffer.
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                0,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                1_048_576L,
                ProducerConfig.BATCH_SIZE_CONFIG,
                16_384,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "none");
    }

    /** Fetches the topic's metadata in the background, so that the first event is not lost for lack of it. */
    private void askForMetadata() {
        try {
            var partitions = producer.partitionsFor(topic).size();
            log.atDebug().addKeyValue("partitions", partitions).log("events topic known");
        } catch (KafkaException e) {
            log.atDebug().addKeyValue("cause", KafkaFailures.describe(e)).log("events topic not known yet");
        }
    }

    @Override
    public void report(Event event) {
        try {
            var record = new ProducerRecord<>(topic, EventCodec.key(event), EventCodec.encode(event));
            var unused = producer.send(record, (metadata, failure) -> {
                if (failure != null) {
                    dropped(failure);
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            dropped(e); // IllegalStateException: a slot reports after close
        }
    }

    private void dropped(Exception cause) {
        dropped.increment();
        sample.next().ifPresent(suppressed -> log.atInfo()
                .addKeyValue("cause", KafkaFailures.describe(cause))
                .addKeyValue("suppressed", suppressed)
                .log("event dropped"));
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
    }
}
