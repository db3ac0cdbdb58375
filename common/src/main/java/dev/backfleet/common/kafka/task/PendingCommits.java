package dev.backfleet.common.kafka.task;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/**
 * The positions that were acknowledged but are not yet committed. Tasks are acknowledged one by one, in the order of
 * their delivery, so the position of a partition is simply the offset behind its last task.
 */
final class PendingCommits {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();

    void add(TopicPartition partition, long next) {
        positions.put(partition, new OffsetAndMetadata(next));
    }

    /** The partitions belong to somebody else; so does their position. */
    void forget(Collection<TopicPartition> partitions) {
        positions.keySet().removeAll(partitions);
    }

    void forgetAll() {
        positions.clear();
    }

    /** Commits what is owed; a failure is returned, and tried again next time unless the group has gone on without us. */
    Optional<KafkaException> pay(Consumer<?, ?> consumer) {
        if (positions.isEmpty()) {
            return Optional.empty();
        }
        try {
            commit(consumer);
            positions.clear();
            return Optional.empty();
        } catch (CommitFailedException e) {
            positions.clear();
            return Optional.of(e);
        } catch (KafkaException e) {
            return Optional.of(e); // a rebalance in progress, or no broker: the next poll may change that
        }
    }

    private void commit(Consumer<?, ?> consumer) {
        try {
            consumer.commitSync(Map.copyOf(positions), PATIENCE);
        } catch (WakeupException e) {
            consumer.commitSync(Map.copyOf(positions), PATIENCE); // meant for take, which sees it by itself
        }
    }
}
