package dev.backfleet.common.kafka.event;

import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.ReliableProducer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Publishes on the lifecycle topic what happens to jobs and to the fleet. Each call waits for the brokers' acknowledgement. */
public final class LifecyclePublisher implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;

    /** Opens the producer; the cluster need not be reachable yet. */
    public LifecyclePublisher(KafkaClients clients) {
        this.topic = clients.topics().lifecycle();
        this.producer = clients.producer("lifecycle", ReliableProducer.config());
    }

    /**
     * Publishes an event.
     *
     * @throws org.apache.kafka.common.KafkaException if the brokers do not acknowledge it in time; it may still arrive
     */
    public void publish(String key, Map<String, String> headers, String value, Duration timeout) {
        var record = new ProducerRecord<>(topic, bytes(key), bytes(value));
        headers.forEach((name, text) -> record.headers().add(name, bytes(text)));
        KafkaFailures.await(producer.send(record), timeout);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close(CLOSE);
    }
}
