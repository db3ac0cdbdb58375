package dev.backfleet.common.kafka;

import dev.backfleet.common.kafka.setup.TopicSetup;
import dev.backfleet.common.settings.TaskQueueMode;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.embedded.kafka.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** An installation with names of its own on a test's broker, and plain clients that act on its topics. */
public final class TestKafka {
    /** Long enough for a loaded machine; no test waits for it to pass. */
    public static final Duration LONG = Duration.ofSeconds(40);

    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private final KafkaClients clients;

    private TestKafka(KafkaClients clients) {
        this.clients = clients;
    }

    /** On the JVM's broker. */
    public static TestKafka shared(TaskQueueMode mode) {
        return on(SharedServers.kafka(), mode);
    }

    /** On a broker of the test's own. */
    public static TestKafka on(KafkaBroker broker, TaskQueueMode mode) {
        var prefix = "test-" + ProcessHandle.current().pid() + "-" + PREFIXES.incrementAndGet();
        return new TestKafka(
                new KafkaClients(new KafkaSettings(broker.bootstrapServers(), Map.of(), prefix, mode), prefix));
    }

    /** With the topics of the coordinator. */
    public TestKafka withTopics() {
        new TopicSetup(clients).run(LONG);
        return this;
    }

    /** The clients of the installation. */
    public KafkaClients clients() {
        return clients;
    }

    /** The names of the installation. */
    public Topics topics() {
        return clients.topics();
    }

    /** What any producer can do; null is a tombstone. */
    public long produce(String topic, @Nullable String key, @Nullable String value) {
        try (var producer = clients.producer("stranger", Map.of())) {
            var record = new ProducerRecord<>(topic, bytes(key), bytes(value));
            return KafkaFailures.await(producer.send(record), LONG).offset();
        }
    }

    /** Deletes a topic and waits until it is gone. */
    public void delete(String topic) {
        try (var admin = clients.admin("stranger")) {
            KafkaFailures.await(admin.deleteTopics(List.of(topic)).all(), LONG);
            Awaitility.await().atMost(LONG).until(() -> {
                try {
                    KafkaFailures.await(admin.describeTopics(List.of(topic)).allTopicNames(), LONG);
                    return false;
                } catch (UnknownTopicOrPartitionException e) {
                    return true;
                }
            });
        }
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
