package dev.backfleet.common.kafka.event;

import dev.backfleet.common.event.DriftEvent;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.ReliableProducer;
import java.time.Duration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Publishes on the events topic that rows are wrong. Each call waits for the brokers' acknowledgement. */
public final class DriftPublisher implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;

    /** Opens the producer; the cluster need not be reachable yet. */
    public DriftPublisher(KafkaClients clients) {
        this.topic = clients.topics().events();
        this.producer = clients.producer("drift", ReliableProducer.config());
    }

    /**
     * Publishes an event.
     *
     * @throws org.apache.kafka.common.KafkaException if the brokers do not acknowledge it in time; it may still arrive
     */
    public void publish(DriftEvent event, Duration timeout) {
        KafkaFailures.await(
                producer.send(new ProducerRecord<>(topic, EventCodec.key(event), EventCodec.encode(event))), timeout);
    }

    @Override
    public void close() {
        producer.close(CLOSE);
    }
}
