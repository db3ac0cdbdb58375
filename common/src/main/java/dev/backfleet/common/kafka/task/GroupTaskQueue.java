package dev.backfleet.common.kafka.task;

import dev.backfleet.common.kafka.KafkaClients;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidSessionTimeoutException;

/**
 * Takes tasks as a member of a consumer group, for clusters without share groups. A partition belongs to one worker, so
 * tasks in the partitions of a worker without a free slot wait.
 *
 * <p>Acknowledging commits the offset behind the task. {@link #rest} pauses all partitions and polls for a moment, so
 * that a rebalance does not wait for the end of a long task.
 */
final class GroupTaskQueue extends ConsumerTaskQueue<KafkaConsumer<byte[], byte[]>> {
    private static final Duration SERVE = Duration.ofMillis(20);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final List<String> topics;
    private final GroupConfig config;
    private final PendingCommits pending = new PendingCommits();
    private boolean resting;

    GroupTaskQueue(KafkaClients clients, MeterRegistry registry) {
        super(
                registry,
                new FatalFailures(clients.topics().tasks(), clients.topics().consumerGroup()));
        this.topics = List.of(clients.topics().tasks());
        this.config = new GroupConfig(clients);
    }

    @Override
    KafkaConsumer<byte[], byte[]> connect() {
        return config.open();
    }

    @Override
    void subscribe(KafkaConsumer<byte[], byte[]> current) {
        current.subscribe(topics, new Assignments(current, pending, () -> resting));
    }

    @Override
    void goOn(KafkaConsumer<byte[], byte[]> current) {
        resting = false;
        current.resume(current.paused());
    }

    @Override
    Iterable<ConsumerRecord<byte[], byte[]>> fetch(KafkaConsumer<byte[], byte[]> current, Duration timeout) {
        var records = current.poll(timeout);
        if (records.isEmpty()) {
            pending.commit(current);
        }
        return records;
    }

    @Override
    void settle(KafkaConsumer<byte[], byte[]> current, ConsumerRecord<byte[], byte[]> record, boolean done) {
        pending.add(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        pending.commit(current).ifPresent(cause -> acknowledgementFailed(record, cause));
    }

    @Override
    void rest(KafkaConsumer<byte[], byte[]> current) {
        resting = true;
        current.pause(current.assignment());
        for (var record : current.poll(SERVE)) {
            // Partitions are paused when they are assigned, so this should not happen; if it does, nothing is lost.
            current.seek(new TopicPartition(record.topic(), record.partition()), record.offset());
        }
        pending.commit(current);
    }

    @Override
    void wakeUp(KafkaConsumer<byte[], byte[]> current) {
        current.wakeup();
    }

    @Override
    void close(KafkaConsumer<byte[], byte[]> current) {
        pending.commit(current);
        current.close(CloseOptions.timeout(CLOSE));
    }

    @Override
    void left() {
        pending.forgetAll();
    }

    @Override
    boolean repairs(RuntimeException cause) {
        return cause instanceof InvalidSessionTimeoutException && config.tryLongerSession();
    }
}
