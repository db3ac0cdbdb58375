package dev.backfleet.common.kafka.task;

import java.util.Collection;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/** Handles assigned and revoked partitions. Running tasks are not affected: they are protected by the shard's lease. */
final class Assignments implements ConsumerRebalanceListener {
    private final Consumer<?, ?> consumer;
    private final PendingCommits pending;
    private final BooleanSupplier resting;

    Assignments(Consumer<?, ?> consumer, PendingCommits pending, BooleanSupplier resting) {
        this.consumer = consumer;
        this.pending = pending;
        this.resting = resting;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (resting.getAsBoolean()) {
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
