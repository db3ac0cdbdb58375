package dev.backfleet.common.kafka.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.TestKafka;
import dev.backfleet.common.settings.TaskQueueMode;
import java.util.Map;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The share group behind the interface, and its additional guarantee: no worker hoards tasks. */
@Tag("server")
class ShareTaskQueueTest extends TaskQueueContract {

    @Override
    TaskQueueMode mode() {
        return TaskQueueMode.SHARE;
    }

    @Override
    long lag(TestKafka kafka) {
        var group = kafka.topics().shareGroup();
        try (var admin = kafka.clients().admin("test")) {
            var offsets = KafkaFailures.await(
                    admin.listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
                            .partitionsToOffsetInfo(group),
                    TestKafka.LONG);
            var info = offsets.get(new TopicPartition(kafka.topics().tasks(), 0));
            return info == null ? -1 : info.lag().orElse(-1L);
        }
    }

    @Test
    void a_full_worker_hoards_nothing() {
        var kafka = kafka();
        var full = open(kafka);
        publish(kafka, tasks(1));
        takeOne(full);
        full.rest();
        publish(kafka, tasks(20));
        assertThat(take(open(kafka), 20)).containsExactlyElementsOf(tasks(20));
    }

    @Test
    void a_worker_whose_slot_is_withdrawn_while_it_waits_locks_no_task() {
        var kafka = kafka();
        var withdrawn = open(kafka);
        assertThat(withdrawn.take(SHORT)).isEmpty();
        assertThat(withdrawn.take(SHORT)).isEmpty();
        withdrawn.rest();
        publish(kafka, tasks(5));
        // The lock is 15 s: a locked task would come too late, and out of order.
        assertThat(take(open(kafka), 5)).containsExactlyElementsOf(tasks(5));
    }

    @Test
    void a_worker_that_rested_takes_again() {
        var kafka = kafka();
        var queue = open(kafka);
        assertThat(queue.take(SHORT)).isEmpty();
        queue.rest();
        queue.rest();
        publish(kafka, tasks(3));
        assertThat(take(queue, 3)).containsExactlyElementsOf(tasks(3));
    }
}
