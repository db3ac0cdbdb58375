package dev.backfleet.common.kafka.task;

import dev.backfleet.common.kafka.KafkaClients;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
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
    // The shortest one that the broker accepts: it may have a minimum of its own.
    private static final List<Duration> SESSIONS =
            List.of(Duration.ofSeconds(6), Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(45));

    private final KafkaClients clients;
    private final PendingCommits pending = new PendingCommits();
    private int session;
    private boolean resting;

    GroupTaskQueue(KafkaClients clients, MeterRegistry registry) {
        super(
                registry,
                new FatalFailures(clients.topics().tasks(), clients.topics().consumerGroup()));
        this.clients = clients;
    }

    @Override
    KafkaConsumer<byte[], byte[]> connect() {
        var fixed = new HashMap<String, Object>(Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                clients.topics().consumerGroup(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                1,
                // Also how long a rebalance waits for a member that does not serve the group.
                ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
                60_000));
        if (!newProtocol()) {
            fixed.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
            fixed.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int)
                    SESSIONS.get(session).toMillis());
            fixed.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1_500);
        }
        return clients.consumer("tasks", fixed);
    }

    /**
     * Whether a client property selects the newer group protocol, in which the broker decides on sessions and
     * assignment.
     */
    private boolean newProtocol() {
        return "consumer"
                .equalsIgnoreCase(clients.settings().clientProperties().get(ConsumerConfig.GROUP_PROTOCOL_CONFIG));
    }

    @Override
    void subscribe(KafkaConsumer<byte[], byte[]> current) {
        current.subscribe(List.of(clients.topics().tasks()), new Assignments(current));
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
        if (!(cause instanceof InvalidSessionTimeoutException) || session == SESSIONS.size() - 1) {
            return false;
        }
        session++;
        return true;
    }

    /** Assigned and revoked partitions. Running tasks are not affected: they are protected by the shard's lease. */
    private final class Assignments implements ConsumerRebalanceListener {
        private final Consumer<?, ?> consumer;

        Assignments(Consumer<?, ?> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (resting) {
                consumer.pause(partitions);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            pending.commit(consumer);
            pending.forget(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            pending.forget(partitions);
        }
    }
}
