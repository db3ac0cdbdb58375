package dev.backfleet.common.kafka.setup;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.kafka.TestKafka;
import dev.backfleet.common.settings.TaskQueueMode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the setup creates, changes and rejects. */
@Tag("server")
class TopicSetupTest {

    @Test
    void everything_is_created_once_by_concurrent_setups() {
        var kafka = TestKafka.shared(TaskQueueMode.AUTO);
        var setups = Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> new TopicSetup(kafka.clients()).run(TestKafka.LONG)))
                .limit(3)
                .toList();
        assertThat(setups).allSatisfy(setup -> assertThat(setup.join()).isEqualTo(TaskQueueMode.SHARE));
        try (var admin = kafka.clients().admin("test")) {
            assertThat(partitions(admin, kafka.topics().tasks())).isEqualTo(1);
            assertThat(partitions(admin, kafka.topics().control())).isEqualTo(1);
            assertThat(partitions(admin, kafka.topics().events())).isEqualTo(3);
            assertThat(partitions(admin, kafka.topics().lifecycle())).isEqualTo(1);
            var lifecycle =
                    config(admin, ConfigResource.Type.TOPIC, kafka.topics().lifecycle());
            assertThat(lifecycle.get("retention.ms").value()).isEqualTo("604800000");
            assertThat(lifecycle.get("cleanup.policy").value()).isEqualTo("delete");
            var control =
                    config(admin, ConfigResource.Type.TOPIC, kafka.topics().control());
            assertThat(control.get("cleanup.policy").value()).isEqualTo("compact");
            assertThat(control.get("delete.retention.ms").value()).isEqualTo("86400000");
            var group = config(admin, ConfigResource.Type.GROUP, kafka.topics().shareGroup());
            assertThat(group.get("share.auto.offset.reset").value()).isEqualTo("earliest");
            assertThat(group.get("share.record.lock.duration.ms").value()).isEqualTo("15000");
            var deliveries = group.get("share.delivery.count.limit");
            // Before Kafka 4.3 a group has no limit of its own.
            assertThat(deliveries == null ? "10" : deliveries.value()).isEqualTo("10");
        }
    }

    @Test
    void whatever_a_producer_compresses_is_stored_so_that_no_reader_needs_native_code() {
        var kafka = TestKafka.shared(TaskQueueMode.AUTO).withTopics();
        var topics = kafka.topics();
        try (var admin = kafka.clients().admin("test")) {
            for (var topic : List.of(topics.tasks(), topics.control(), topics.events(), topics.lifecycle())) {
                assertThat(config(admin, ConfigResource.Type.TOPIC, topic)
                                .get("compression.type")
                                .value())
                        .isEqualTo("uncompressed");
            }
        }
    }

    @Test
    void a_change_to_consumer_groups_adds_partitions() {
        var kafka = TestKafka.shared(TaskQueueMode.SHARE).withTopics();
        var settings = kafka.clients().settings();
        var group = new KafkaSettings(
                settings.bootstrapServers(), settings.clientProperties(), settings.topicPrefix(), TaskQueueMode.GROUP);
        assertThat(new TopicSetup(new KafkaClients(group, "test")).run(TestKafka.LONG))
                .isEqualTo(TaskQueueMode.GROUP);
        try (var admin = kafka.clients().admin("test")) {
            assertThat(partitions(admin, kafka.topics().tasks())).isEqualTo(24);
        }
        assertThat(new TopicSetup(kafka.clients()).run(TestKafka.LONG)).isEqualTo(TaskQueueMode.SHARE);
    }

    @Test
    void a_control_topic_with_several_partitions_is_rejected() {
        var kafka = TestKafka.shared(TaskQueueMode.SHARE);
        try (var admin = kafka.clients().admin("test")) {
            var wrong = new NewTopic(kafka.topics().control(), 3, (short) 1);
            KafkaFailures.await(admin.createTopics(List.of(wrong)).all(), TestKafka.LONG);
        }
        assertThatThrownBy(() -> new TopicSetup(kafka.clients()).run(TestKafka.LONG))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContainingAll(kafka.topics().control(), "3 partitions");
    }

    @Test
    void a_control_topic_that_is_not_compacted_becomes_so() {
        var kafka = TestKafka.shared(TaskQueueMode.SHARE);
        var topic = kafka.topics().control();
        try (var admin = kafka.clients().admin("test")) {
            var wrong = new NewTopic(topic, 1, (short) 1).configs(Map.of("cleanup.policy", "delete"));
            KafkaFailures.await(admin.createTopics(List.of(wrong)).all(), TestKafka.LONG);
            var said = warnings(() -> new TopicSetup(kafka.clients()).run(TestKafka.LONG));
            assertThat(said).contains("the control topic was not compacted; its cleanup.policy was set to compact");
            assertThat(config(admin, ConfigResource.Type.TOPIC, topic)
                            .get("cleanup.policy")
                            .value())
                    .isEqualTo("compact");
        }
    }

    @Test
    void topics_that_do_not_keep_tasks_and_events_are_named() {
        var kafka = TestKafka.shared(TaskQueueMode.SHARE);
        var names = kafka.topics();
        try (var admin = kafka.clients().admin("test")) {
            var topics = List.of(
                    new NewTopic(names.tasks(), 1, (short) 1).configs(Map.of("retention.ms", "3599999")),
                    new NewTopic(names.events(), 3, (short) 1)
                            .configs(Map.of("cleanup.policy", "compact,delete", "retention.ms", "-1")));
            KafkaFailures.await(admin.createTopics(topics).all(), TestKafka.LONG);
            assertThat(said(RetentionCheck.class, () -> new TopicSetup(kafka.clients()).run(TestKafka.LONG)))
                    .satisfiesExactlyInAnyOrder(
                            tasks -> assertThat(tasks.getMessage() + tasks.getKeyValuePairs())
                                    .contains("less than an hour", names.tasks(), "3599999"),
                            events -> assertThat(events.getMessage() + events.getKeyValuePairs())
                                    .contains("is compacted", names.events(), "compact,delete"));
        }
        var right = TestKafka.shared(TaskQueueMode.SHARE);
        assertThat(said(RetentionCheck.class, () -> new TopicSetup(right.clients()).run(TestKafka.LONG)))
                .isEmpty();
    }

    private static List<String> warnings(Runnable work) {
        return said(CompactionSetup.class, work).stream()
                .map(ILoggingEvent::getMessage)
                .toList();
    }

    private static List<ILoggingEvent> said(Class<?> by, Runnable work) {
        var logger = (Logger) LoggerFactory.getLogger(by);
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        logger.addAppender(lines);
        try {
            work.run();
        } finally {
            logger.detachAppender(lines);
        }
        return lines.list;
    }

    private static int partitions(Admin admin, String topic) {
        var topics = KafkaFailures.await(admin.describeTopics(List.of(topic)).allTopicNames(), TestKafka.LONG);
        return requireNonNull(topics.get(topic)).partitions().size();
    }

    private static Config config(Admin admin, ConfigResource.Type type, String name) {
        var resource = new ConfigResource(type, name);
        var configs =
                KafkaFailures.await(admin.describeConfigs(List.of(resource)).all(), TestKafka.LONG);
        return requireNonNull(configs.get(resource));
    }
}
