package dev.backfleet.common.kafka.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.kafka.TestKafka;
import dev.backfleet.common.kafka.setup.KafkaSetupException;
import dev.backfleet.common.kafka.setup.TopicSetup;
import dev.backfleet.common.metric.WorkerMetric;
import dev.backfleet.common.settings.TaskQueueMode;
import dev.backfleet.common.task.TaskQueueException;
import dev.backfleet.embedded.kafka.KafkaBroker;
import dev.backfleet.embedded.kafka.KafkaOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A cluster without share groups that allows no short sessions either. */
@Tag("server")
class OldClusterTest {
    private static KafkaBroker broker;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @BeforeAll
    static void start() {
        broker = KafkaBroker.open(
                KafkaOptions.defaults().withoutShareGroups().with("group.min.session.timeout.ms", "20000"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void mode_auto_means_a_consumer_group_with_the_shortest_session_that_the_broker_allows() {
        var kafka = TestKafka.on(broker, TaskQueueMode.AUTO);
        assertThat(new TopicSetup(kafka.clients()).run(TestKafka.LONG)).isEqualTo(TaskQueueMode.GROUP);
        try (var publisher = new KafkaTaskPublisher(kafka.clients());
                var queue = TaskQueues.open(kafka.clients(), registry)) {
            publisher.publish(TaskQueueContract.tasks(3), TestKafka.LONG);
            assertThat(TaskQueueContract.take(queue, 3)).hasSize(3);
        }
        assertThat(WorkerMetric.QUEUE_FAILURES.counter(registry).count()).isZero();
    }

    @Test
    void mode_share_fails_fast_with_the_remedy() {
        var kafka = TestKafka.on(broker, TaskQueueMode.SHARE);
        assertThatThrownBy(() -> new TopicSetup(kafka.clients()).run(TestKafka.LONG))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContainingAll("share.version", "'auto' or 'group'", "kafka-features.sh");
        assertThatThrownBy(() -> TaskQueues.open(kafka.clients(), registry)).isInstanceOf(KafkaSetupException.class);
    }

    @Test
    void a_share_queue_that_was_opened_all_the_same_ends_with_a_message() {
        var kafka = TestKafka.on(broker, TaskQueueMode.GROUP).withTopics();
        try (var queue = TaskQueues.open(kafka.clients(), TaskQueueMode.SHARE, registry)) {
            Awaitility.await().atMost(TestKafka.LONG).untilAsserted(() -> assertThatThrownBy(
                            () -> queue.take(Duration.ofSeconds(2)))
                    .isInstanceOf(TaskQueueException.class)
                    .hasMessageContaining("'auto' or 'group'"));
        }
    }
}
