package dev.backfleet.common.kafka.task;

import java.util.Collection;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/** What a member does when partitions come and go. Running tasks are not touched: their right is the shard's lease. */
final class Assignments implements ConsumerRebalanceListener {
    private final Consumer<?, ?> consumer;
    private final PendingCommits owed;
    private final BooleanSupplier resting;

    Assignments(Consumer<?, ?> consumer, PendingCommits owed, BooleanSupplier resting) {
        this.consumer = consumer;
        this.owed = owed;
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
        owed.pay(consumer);
        owed.forget(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        owed.forget(partitions);
    }
}
