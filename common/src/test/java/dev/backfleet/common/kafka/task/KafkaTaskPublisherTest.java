package dev.backfleet.common.kafka.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.kafka.TestKafka;
import dev.backfleet.common.settings.TaskQueueMode;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tasks that were not acknowledged are returned by the publisher. */
@Tag("server")
class KafkaTaskPublisherTest {

    @Test
    void tasks_that_no_broker_took_in_time_are_returned() {
        var clients = new KafkaClients(KafkaSettings.of("127.0.0.1:1"), "test");
        try (var publisher = new KafkaTaskPublisher(clients)) {
            assertThat(publisher.publish(TaskQueueContract.tasks(50), Duration.ofMillis(300)))
                    .isEqualTo(TaskQueueContract.tasks(50));
        }
    }

    @Test
    void tasks_for_a_missing_topic_are_returned() {
        var clients = TestKafka.shared(TaskQueueMode.SHARE).clients();
        try (var publisher = new KafkaTaskPublisher(clients)) {
            assertThat(publisher.publish(TaskQueueContract.tasks(2), Duration.ofMillis(300)))
                    .isEqualTo(TaskQueueContract.tasks(2));
        }
    }
}
