package dev.backfleet.common.kafka.task;

import dev.backfleet.common.kafka.KafkaClients;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Takes tasks as a member of a share group: any number of workers share one partition, and each polls only while it has
 * a free slot.
 *
 * <p>A poll that returned nothing leaves a fetch open at the broker, which may lock a task for a worker that no longer
 * polls. Only in that case must {@link #rest} leave the group. At full load, the last poll before {@link #rest}
 * returned a task: no fetch is open, and resting costs nothing.
 */
final class ShareTaskQueue extends ConsumerTaskQueue<KafkaShareConsumer<byte[], byte[]>> {
    private static final Duration ACKNOWLEDGE = Duration.ofSeconds(3);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final KafkaClients clients;
    private boolean fetchMayBeOpen;

    ShareTaskQueue(KafkaClients clients, MeterRegistry registry) {
        super(
                registry,
                new FatalFailures(clients.topics().tasks(), clients.topics().shareGroup()));
        this.clients = clients;
    }

    @Override
    KafkaShareConsumer<byte[], byte[]> connect() {
        return clients.shareConsumer(
                "tasks",
                Map.of(
                        ConsumerConfig.GROUP_ID_CONFIG,
                        clients.topics().shareGroup(),
                        ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG,
                        "explicit",
                        ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG,
                        "record_limit",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        1,
                        // Not polling locks no task, however long the slots are busy.
                        ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
                        3_600_000));
    }

    @Override
    void subscribe(KafkaShareConsumer<byte[], byte[]> current) {
        current.subscribe(List.of(clients.topics().tasks()));
    }

    @Override
    void goOn(KafkaShareConsumer<byte[], byte[]> current) {
        // To rest, it has left the group or has done nothing.
    }

    @Override
    Iterable<ConsumerRecord<byte[], byte[]>> fetch(KafkaShareConsumer<byte[], byte[]> current, Duration timeout) {
        fetchMayBeOpen = true;
        var records = current.poll(timeout);
        fetchMayBeOpen = records.isEmpty();
        return records;
    }

    @Override
    void settle(KafkaShareConsumer<byte[], byte[]> current, ConsumerRecord<byte[], byte[]> record, boolean done) {
        try {
            current.acknowledge(record, done ? AcknowledgeType.ACCEPT : AcknowledgeType.REJECT);
            // Failures of single partitions are in the result; they are not thrown.
            commit(current)
                    .forEach((partition, failure) -> failure.ifPresent(cause -> acknowledgementFailed(record, cause)));
        } catch (KafkaException | IllegalStateException e) {
            acknowledgementFailed(record, e);
            leaveForAWhile();
        }
    }

    private static Map<?, Optional<KafkaException>> commit(KafkaShareConsumer<byte[], byte[]> current) {
        try {
            return Map.copyOf(current.commitSync(ACKNOWLEDGE));
        } catch (WakeupException e) {
            // The wake-up is meant for take, which notices it by itself; continue here.
            return Map.copyOf(current.commitSync(ACKNOWLEDGE));
        }
    }

    @Override
    void rest(KafkaShareConsumer<byte[], byte[]> current) {
        if (fetchMayBeOpen) {
            leave();
        }
    }

    @Override
    void wakeUp(KafkaShareConsumer<byte[], byte[]> current) {
        current.wakeup();
    }

    @Override
    void close(KafkaShareConsumer<byte[], byte[]> current) {
        current.close(CLOSE);
    }

    @Override
    void left() {
        fetchMayBeOpen = false;
    }

    @Override
    boolean repairs(RuntimeException cause) {
        return false;
    }
}
