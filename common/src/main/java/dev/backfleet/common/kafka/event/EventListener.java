package dev.backfleet.common.kafka.event;

import dev.backfleet.common.event.Event;
import dev.backfleet.common.health.Pulse;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.ReadingThread;
import dev.backfleet.common.kafka.SkippedRecords;
import dev.backfleet.common.kafka.UndecodableRecordException;
import dev.backfleet.common.task.Target;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads new events, on a thread of its own, without a group: each listener reads all of them. */
public final class EventListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventListener.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration QUESTION = Duration.ofSeconds(3);

    private final KafkaClients clients;
    private final Consumer<Event> observer;
    private final SkippedRecords skipped;
    private final ReadingThread thread;

    /**
     * A listener that is not started yet.
     *
     * @param observer is called on the listener's thread
     */
    public EventListener(KafkaClients clients, Consumer<Event> observer, MeterRegistry registry) {
        this.clients = clients;
        this.observer = observer;
        this.skipped = new SkippedRecords(registry, "events");
        this.thread = new ReadingThread("backfleet-events", Duration.ofSeconds(1), this::listen);
    }

    public void start() {
        thread.start();
    }

    /** When the listener's thread last made progress. */
    public Pulse pulse() {
        return thread.pulse();
    }

    private void listen() {
        var consumer = clients.consumer(
                "events",
                Map.of(
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "latest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        500));
        try {
            assignAll(consumer);
            while (thread.goesOn()) {
                for (var record : consumer.poll(POLL)) {
                    receive(record);
                }
            }
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        }
    }

    private void assignAll(KafkaConsumer<byte[], byte[]> consumer) {
        var topic = clients.topics().events();
        var partitions = consumer.partitionsFor(topic, QUESTION).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new KafkaException("topic " + topic + " does not exist yet");
        }
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        // Now, not at the first poll: every event after the start must be read.
        partitions.forEach(partition -> log.atDebug()
                .addKeyValue("partition", partition.partition())
                .addKeyValue("from", consumer.position(partition, QUESTION))
                .log("reading events"));
    }

    private void receive(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (EventCodec.isAboutJob(record.value())) {
                return; // for people and their programs
            }
            var event = EventCodec.decode(record.value());
            if (event.target().equals(Target.DEFAULT)) {
                observer.accept(event);
            }
        } catch (UndecodableRecordException e) {
            skipped.skipped(record, e.reason().tag(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // Nothing depends on a single event; the next one may be processed again.
            log.atWarn().addKeyValue("cause", KafkaFailures.describe(e)).log("event not processed");
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
