package dev.backfleet.common.kafka.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.kafka.TestKafka;
import dev.backfleet.common.kafka.setup.KafkaSetupException;
import dev.backfleet.common.kafka.setup.KafkaUnreachableException;
import dev.backfleet.common.kafka.setup.TopicSetup;
import dev.backfleet.common.settings.TaskQueueMode;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The publisher's errors when a record was not acknowledged. */
@Tag("server")
class ControlPublisherTest {
    private static final ControlRecord PAUSE = new ControlRecord(DesiredState.PAUSE, null, null);

    @Test
    void without_a_broker_publishing_fails_and_names_the_servers() {
        var clients = new KafkaClients(KafkaSettings.of("127.0.0.1:1"), "test");
        try (var publisher = new ControlPublisher(clients)) {
            assertThatThrownBy(() -> publisher.publish(Scope.FLEET, PAUSE, Duration.ofMillis(300)))
                    .isInstanceOf(KafkaUnreachableException.class)
                    .hasMessageContaining("127.0.0.1:1");
        }
    }

    @Test
    void without_the_topic_publishing_fails_and_names_it() {
        var kafka = TestKafka.shared(TaskQueueMode.AUTO);
        try (var publisher = new ControlPublisher(kafka.clients())) {
            assertThatThrownBy(() -> publisher.publish(Scope.FLEET, PAUSE, TestKafka.LONG))
                    .isInstanceOf(KafkaSetupException.class)
                    .hasMessageContaining(kafka.topics().control());
        }
    }

    @Test
    void what_was_asked_in_vain_to_prepare_is_asked_again() {
        var kafka = TestKafka.shared(TaskQueueMode.AUTO);
        try (var publisher = new ControlPublisher(kafka.clients())) {
            publisher.prepare();
            new TopicSetup(kafka.clients()).run(TestKafka.LONG);
            var first = publisher.publish(Scope.FLEET, PAUSE, TestKafka.LONG);
            publisher.prepare();
            var second = publisher.publish(Scope.FLEET, PAUSE, TestKafka.LONG);
            assertThat(second.topicId()).isEqualTo(first.topicId());
            assertThat(second.offset()).isEqualTo(first.offset() + 1);
        }
    }

    @Test
    void an_unreachable_cluster_is_no_failure_of_preparing_and_publishing_ends_in_time() {
        var clients = new KafkaClients(KafkaSettings.of("127.0.0.1:1"), "test");
        try (var publisher = new ControlPublisher(clients)) {
            publisher.prepare();
            assertThatThrownBy(() -> publisher.publish(Scope.FLEET, PAUSE, Duration.ofMillis(300)))
                    .isInstanceOf(KafkaUnreachableException.class)
                    .hasMessageContaining("within 300 ms");
        }
    }

    @Test
    void a_fleet_cannot_be_cancelled() {
        var clients = new KafkaClients(KafkaSettings.of("127.0.0.1:1"), "test");
        try (var publisher = new ControlPublisher(clients)) {
            assertThatThrownBy(() -> publisher.publish(
                            Scope.FLEET, new ControlRecord(DesiredState.CANCEL, null, null), Duration.ofSeconds(1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
