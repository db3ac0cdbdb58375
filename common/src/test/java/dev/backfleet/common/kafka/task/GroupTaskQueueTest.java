package dev.backfleet.common.kafka.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.TestKafka;
import dev.backfleet.common.settings.TaskQueueMode;
import dev.backfleet.common.task.Task;
import dev.backfleet.common.task.TaskQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The consumer group behind the port, and how it shares partitions. */
@Tag("server")
class GroupTaskQueueTest extends TaskQueueContract {

    @Override
    TaskQueueMode mode() {
        return TaskQueueMode.GROUP;
    }

    @Override
    long lag(TestKafka kafka) {
        var partitions = IntStream.range(0, 24)
                .mapToObj(partition -> new TopicPartition(kafka.topics().tasks(), partition))
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        try (var admin = kafka.clients().admin("test")) {
            var ends = KafkaFailures.await(admin.listOffsets(partitions).all(), TestKafka.LONG);
            var committed = KafkaFailures.await(
                    admin.listConsumerGroupOffsets(kafka.topics().consumerGroup())
                            .partitionsToOffsetAndMetadata(),
                    TestKafka.LONG);
            return ends.entrySet().stream()
                    .mapToLong(end -> {
                        var position = committed.get(end.getKey());
                        return end.getValue().offset() - (position == null ? 0 : position.offset());
                    })
                    .sum();
        }
    }

    @Test
    void tasks_are_published_to_every_partition_in_turn() {
        var kafka = kafka();
        publish(kafka, tasks(48));
        try (var admin = kafka.clients().admin("test")) {
            var partitions = IntStream.range(0, 24)
                    .mapToObj(partition -> new TopicPartition(kafka.topics().tasks(), partition))
                    .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
            var ends = KafkaFailures.await(admin.listOffsets(partitions).all(), TestKafka.LONG);
            assertThat(ends.values()).allMatch(end -> end.offset() == 2);
        }
    }

    @Test
    void a_resting_member_lets_partitions_move_and_loses_no_task() {
        var kafka = kafka();
        publish(kafka, tasks(48));
        var full = open(kafka);
        var taken = new ArrayList<Task>();
        taken.add(takeOne(full));
        var other = open(kafka);
        // Half of the partitions move to the other one while the first rests, and nothing is taken by the first.
        atOnce().until(() -> {
            full.rest();
            other.take(SHORT).ifPresent(delivery -> {
                other.acknowledge(delivery);
                taken.add(delivery.task());
            });
            return taken.size() >= 20;
        });
        taken.addAll(takeAlternately(48 - taken.size(), List.of(full, other)));
        assertThat(taken).containsExactlyInAnyOrderElementsOf(tasks(48));
    }

    private static List<Task> takeAlternately(int count, List<TaskQueue> queues) {
        var taken = new ArrayList<Task>();
        atOnce().until(() -> {
            queues.forEach(queue -> queue.take(SHORT).ifPresent(delivery -> {
                queue.acknowledge(delivery);
                taken.add(delivery.task());
            }));
            return taken.size() >= count;
        });
        return taken;
    }

    /** The condition itself does the work, so there is no delay between two evaluations. */
    private static ConditionFactory atOnce() {
        return await().atMost(TestKafka.LONG).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
    }
}
