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
 * The offsets of tasks that were acknowledged but not yet committed. Tasks are acknowledged one by one, in the order of
 * delivery, so the offset to commit for a partition is the one behind its last task.
 */
final class PendingCommits {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();

    void add(TopicPartition partition, long next) {
        positions.put(partition, new OffsetAndMetadata(next));
    }

    /** The partitions were assigned to another member, which commits their offsets from now on. */
    void forget(Collection<TopicPartition> partitions) {
        positions.keySet().removeAll(partitions);
    }

    void forgetAll() {
        positions.clear();
    }

    /**
     * Commits the pending offsets. Returns a failure; the next call retries, unless the group has removed this member.
     */
    Optional<KafkaException> commit(Consumer<?, ?> consumer) {
        if (positions.isEmpty()) {
            return Optional.empty();
        }
        try {
            commitSync(consumer);
            positions.clear();
            return Optional.empty();
        } catch (CommitFailedException e) {
            positions.clear();
            return Optional.of(e);
        } catch (KafkaException e) {
            return Optional.of(e); // a rebalance in progress, or no broker: retry after the next poll
        }
    }

    private void commitSync(Consumer<?, ?> consumer) {
        try {
            consumer.commitSync(Map.copyOf(positions), TIMEOUT);
        } catch (WakeupException e) {
            // The wake-up is meant for take, which notices it by itself.
            consumer.commitSync(Map.copyOf(positions), TIMEOUT);
        }
    }
}
