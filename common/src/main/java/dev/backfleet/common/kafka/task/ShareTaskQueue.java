package dev.backfleet.common.kafka.task;

import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.TimeLeft;
import dev.backfleet.common.task.TaskQueue;
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
import org.jspecify.annotations.Nullable;

/**
 * Takes tasks as a member of a share group: any number of workers share one partition, and each polls only while it has
 * a free slot.
 *
 * <p>A poll that returned nothing leaves a fetch open at the broker, which may lock a task for a worker that no longer
 * polls. Only in that case must {@link #rest} leave the group. At full load, the last poll before {@link #rest}
 * returned a task: no fetch is open, and resting costs nothing.
 */
final class ShareTaskQueue implements TaskQueue {
    private static final Duration ACKNOWLEDGE = Duration.ofSeconds(3);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final KafkaClients clients;
    private final TaskRecords records;
    private final FatalFailures fatal;
    private final ConsumerBackoff reopening = new ConsumerBackoff();
    private volatile @Nullable KafkaShareConsumer<byte[], byte[]> consumer;
    private @Nullable ConsumerRecord<byte[], byte[]> inHand;
    private boolean fetchMayBeOpen;

    ShareTaskQueue(KafkaClients clients, MeterRegistry registry) {
        this.clients = clients;
        this.records = new TaskRecords(registry);
        this.fatal =
                new FatalFailures(clients.topics().tasks(), clients.topics().shareGroup());
    }

    @Override
    public Optional<Delivery> take(Duration timeout) {
        if (inHand != null) {
            throw new IllegalStateException("the last delivery was not acknowledged");
        }
        var time = new TimeLeft(timeout);
        if (reopening.wokenUp() || !reopening.await(timeout)) {
            return Optional.empty();
        }
        try {
            var current = open();
            if (reopening.wokenUp()) {
                return Optional.empty(); // before there was a consumer to wake up
            }
            return poll(current, time);
        } catch (WakeupException e) {
            reopening.wokenUp();
            return Optional.empty();
        } catch (KafkaException | IllegalStateException e) {
            giveUp();
            records.queueFailed(e);
            var forThePerson = fatal.of(e);
            if (forThePerson.isPresent()) {
                throw forThePerson.get();
            }
            return Optional.empty();
        }
    }

    private Optional<Delivery> poll(KafkaShareConsumer<byte[], byte[]> current, TimeLeft time) {
        do {
            fetchMayBeOpen = true;
            for (var record : current.poll(time.left())) {
                fetchMayBeOpen = false;
                reopening.worked();
                inHand = record;
                var task = records.decode(record);
                if (task.isPresent()) {
                    return Optional.of(new Delivery(task.get(), record));
                }
                settle(current, record, AcknowledgeType.REJECT);
            }
        } while (!time.isOver());
        return Optional.empty();
    }

    @Override
    public void acknowledge(Delivery delivery) {
        var record = inHand;
        var current = consumer;
        if (record == null || delivery.receipt() != record || current == null) {
            return; // delivered by a consumer that was closed: its lock was released as well
        }
        settle(current, record, AcknowledgeType.ACCEPT);
    }

    private void settle(
            KafkaShareConsumer<byte[], byte[]> current, ConsumerRecord<byte[], byte[]> record, AcknowledgeType type) {
        inHand = null;
        try {
            current.acknowledge(record, type);
            // Failures of single partitions are in the result; they are not thrown.
            commit(current)
                    .forEach((partition, failure) ->
                            failure.ifPresent(cause -> records.acknowledgementFailed(record, cause)));
        } catch (KafkaException | IllegalStateException e) {
            records.acknowledgementFailed(record, e);
            giveUp();
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
    public void rest() {
        if (fetchMayBeOpen && inHand == null) {
            leave();
        }
    }

    @Override
    public void wakeUp() {
        reopening.wakeUp();
        var current = consumer;
        if (current != null) {
            current.wakeup();
        }
    }

    @Override
    public void close() {
        leave();
    }

    private KafkaShareConsumer<byte[], byte[]> open() {
        var current = consumer;
        if (current == null) {
            current = clients.shareConsumer(
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
            consumer = current;
            current.subscribe(List.of(clients.topics().tasks()));
        }
        return current;
    }

    private void giveUp() {
        leave();
        reopening.failed();
    }

    private void leave() {
        var current = consumer;
        consumer = null;
        inHand = null;
        fetchMayBeOpen = false;
        if (current != null) {
            try {
                current.close(CLOSE);
            } catch (KafkaException e) {
                records.queueFailed(e); // the broker notices the end by itself
            }
        }
    }
}
