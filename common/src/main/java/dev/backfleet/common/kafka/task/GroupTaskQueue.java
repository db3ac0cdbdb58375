package dev.backfleet.common.kafka.task;

import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.TimeLeft;
import dev.backfleet.common.task.TaskQueue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidSessionTimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Takes tasks as a member of a consumer group, for clusters without share groups. A partition belongs to one worker, so
 * tasks in the partitions of a worker without a free slot wait.
 *
 * <p>Acknowledging commits the offset behind the task. {@link #rest} pauses all partitions and polls for a moment, so
 * that a rebalance does not wait for the end of a long task.
 */
final class GroupTaskQueue implements TaskQueue {
    private static final Duration SERVE = Duration.ofMillis(20);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final KafkaClients clients;
    private final TaskRecords records;
    private final FatalFailures fatal;
    private final ConsumerBackoff reopening = new ConsumerBackoff();
    private final GroupConfig config;
    private final PendingCommits pending;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private @Nullable ConsumerRecord<byte[], byte[]> inHand;
    private boolean resting;

    GroupTaskQueue(KafkaClients clients, MeterRegistry registry) {
        this.clients = clients;
        this.records = new TaskRecords(registry);
        this.fatal =
                new FatalFailures(clients.topics().tasks(), clients.topics().consumerGroup());
        this.config = new GroupConfig(clients);
        this.pending = new PendingCommits();
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
            resting = false;
            current.resume(current.paused());
            return poll(current, time);
        } catch (WakeupException e) {
            reopening.wokenUp();
            return Optional.empty();
        } catch (KafkaException | IllegalStateException e) {
            giveUp(e);
            var forThePerson = fatal.of(e);
            if (forThePerson.isPresent()) {
                throw forThePerson.get();
            }
            return Optional.empty();
        }
    }

    private Optional<Delivery> poll(KafkaConsumer<byte[], byte[]> current, TimeLeft time) {
        do {
            for (var record : current.poll(time.left())) {
                reopening.worked();
                inHand = record;
                var task = records.decode(record);
                if (task.isPresent()) {
                    return Optional.of(new Delivery(task.get(), record));
                }
                settle(current, record);
            }
            pending.commit(current);
        } while (!time.isOver());
        return Optional.empty();
    }

    @Override
    public void acknowledge(Delivery delivery) {
        var record = inHand;
        var current = consumer;
        if (record == null || delivery.receipt() != record || current == null) {
            return; // delivered by a consumer that was closed: the task is delivered again
        }
        settle(current, record);
    }

    private void settle(KafkaConsumer<byte[], byte[]> current, ConsumerRecord<byte[], byte[]> record) {
        inHand = null;
        pending.add(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        pending.commit(current).ifPresent(cause -> records.acknowledgementFailed(record, cause));
    }

    @Override
    public void rest() {
        var current = consumer;
        if (current == null || inHand != null) {
            return;
        }
        resting = true;
        try {
            current.pause(current.assignment());
            for (var record : current.poll(SERVE)) {
                // Partitions are paused when they are assigned, so this should not happen; if it does, nothing is lost.
                current.seek(new TopicPartition(record.topic(), record.partition()), record.offset());
            }
            pending.commit(current);
        } catch (WakeupException e) {
            reopening.wakeUp(); // the wake-up is meant for take
        } catch (KafkaException | IllegalStateException e) {
            giveUp(e);
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

    private KafkaConsumer<byte[], byte[]> open() {
        var current = consumer;
        if (current == null) {
            current = config.open();
            consumer = current;
            current.subscribe(List.of(clients.topics().tasks()), new Assignments(current, pending, () -> resting));
        }
        return current;
    }

    private void giveUp(RuntimeException cause) {
        if (cause instanceof InvalidSessionTimeoutException && config.tryLongerSession()) {
            leave();
            return;
        }
        records.queueFailed(cause);
        leave();
        reopening.failed();
    }

    private void leave() {
        var current = consumer;
        consumer = null;
        inHand = null;
        if (current != null) {
            try {
                pending.commit(current);
                current.close(CloseOptions.timeout(CLOSE));
            } catch (KafkaException | IllegalStateException e) {
                records.queueFailed(e); // the broker notices the end by itself
            }
        }
        pending.forgetAll();
    }
}
