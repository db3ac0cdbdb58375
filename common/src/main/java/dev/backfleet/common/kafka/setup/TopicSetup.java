package dev.backfleet.common.kafka.setup;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.COMPRESSION_TYPE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.DELETE_RETENTION_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MAX_MESSAGE_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.SEGMENT_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.SEGMENT_MS_CONFIG;

import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.TimeLeft;
import dev.backfleet.common.settings.TaskQueueMode;
import dev.backfleet.common.telemetry.EventAction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates and configures what the fleet needs on the cluster: topics first, then the share group's settings. */
public final class TopicSetup {
    private static final Logger log = LoggerFactory.getLogger(TopicSetup.class);

    /** Partitions of the tasks topic for a consumer group: four for each of six workers (a share group needs one). */
    static final int GROUP_PARTITIONS = 24;

    private static final short BROKER_DEFAULT = -1;
    private static final String SMALL_RECORDS = "65536";
    // An event with the status of its job; characters outside of ASCII are longer in bytes.
    private static final String LONGER_RECORDS = "262144";
    // To read zstd or snappy, a reader unpacks native code into a file, which fails in a container with a read-only
    // file system. One record that a producer compressed that way would make the control topic unreadable for the whole
    // fleet.
    private static final String UNCOMPRESSED = "uncompressed";
    private static final String DAY = "86400000";
    private static final String WEEK = "604800000";

    private final KafkaClients clients;

    public TopicSetup(KafkaClients clients) {
        this.clients = clients;
    }

    /**
     * Creates what is missing and leaves what exists. May run in any process, any number of times, concurrently. Must
     * have run before the first task is published.
     *
     * @param timeout the time limit for the whole call
     * @return the protocol that the task queues of this cluster use, never {@link TaskQueueMode#AUTO}
     * @throws KafkaSetupException if the cluster lacks or forbids something; the message names the remedy
     * @throws KafkaUnreachableException if it does not answer in time
     */
    public TaskQueueMode run(Duration timeout) {
        var time = new TimeLeft(timeout);
        try (var admin = clients.admin("setup")) {
            try {
                var mode = TaskQueueModes.resolve(admin, clients.settings().taskQueueMode(), time.left());
                for (var topic : wanted(mode)) {
                    ensure(admin, topic, time);
                }
                new CompactionSetup(admin, clients.topics().control()).run(time);
                new RetentionCheck(admin)
                        .run(
                                List.of(
                                        clients.topics().tasks(),
                                        clients.topics().events(),
                                        clients.topics().lifecycle()),
                                time);
                if (mode == TaskQueueMode.SHARE) {
                    new ShareGroupSetup(admin, clients.topics().shareGroup()).run(time);
                }
                return mode;
            } finally {
                admin.close(Duration.ZERO);
            }
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            throw new KafkaUnreachableException(
                    "Kafka at " + clients.settings().bootstrapServers() + " did not answer within "
                            + timeout.toSeconds() + " s while topics were set up.",
                    e);
        } catch (KafkaException e) {
            throw new KafkaSetupException("Kafka rejected the setup of topics: " + KafkaFailures.describe(e) + ".", e);
        }
    }

    private List<NewTopic> wanted(TaskQueueMode mode) {
        var names = clients.topics();
        var taskPartitions = mode == TaskQueueMode.SHARE ? 1 : GROUP_PARTITIONS;
        return List.of(
                new NewTopic(names.tasks(), taskPartitions, BROKER_DEFAULT).configs(shortLivedConfigs()),
                new NewTopic(names.control(), 1, BROKER_DEFAULT).configs(controlConfigs()),
                new NewTopic(names.events(), 3, BROKER_DEFAULT).configs(shortLivedConfigs()),
                new NewTopic(names.lifecycle(), 1, BROKER_DEFAULT).configs(lifecycleConfigs()));
    }

    private static Map<String, String> shortLivedConfigs() {
        return Map.of(
                RETENTION_MS_CONFIG, DAY,
                MAX_MESSAGE_BYTES_CONFIG, SMALL_RECORDS,
                COMPRESSION_TYPE_CONFIG, UNCOMPRESSED);
    }

    private static Map<String, String> lifecycleConfigs() {
        return Map.of(
                CLEANUP_POLICY_CONFIG, "delete",
                RETENTION_MS_CONFIG, WEEK,
                MAX_MESSAGE_BYTES_CONFIG, LONGER_RECORDS,
                COMPRESSION_TYPE_CONFIG, UNCOMPRESSED);
    }

    // Small and often compacted, since every worker reads it from the start. Tombstones are kept for a day, so that a
    // reader that was away for less than a day sees each of them.
    private static Map<String, String> controlConfigs() {
        return Map.of(
                CLEANUP_POLICY_CONFIG, "compact",
                SEGMENT_BYTES_CONFIG, "1048576",
                SEGMENT_MS_CONFIG, "3600000",
                MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.1",
                MAX_COMPACTION_LAG_MS_CONFIG, "7200000",
                DELETE_RETENTION_MS_CONFIG, DAY,
                MAX_MESSAGE_BYTES_CONFIG, SMALL_RECORDS,
                COMPRESSION_TYPE_CONFIG, UNCOMPRESSED);
    }

    private void ensure(Admin admin, NewTopic wanted, TimeLeft time) {
        var existing = describe(admin, wanted.name(), time);
        if (existing.isEmpty()) {
            create(admin, wanted, time);
            existing = awaitVisible(admin, wanted.name(), time);
        }
        existing.ifPresent(
                found -> checkPartitions(admin, wanted, found.partitions().size(), time));
    }

    private static Optional<TopicDescription> describe(Admin admin, String topic, TimeLeft time) {
        try {
            var descriptions = admin.describeTopics(List.of(topic)).allTopicNames();
            return Optional.ofNullable(
                    KafkaFailures.await(descriptions, time.left()).get(topic));
        } catch (UnknownTopicOrPartitionException e) {
            return Optional.empty();
        } catch (AuthorizationException e) {
            throw new KafkaSetupException(
                    "No permission on topic " + topic + ": DESCRIBE, READ and WRITE on it are needed.", e);
        }
    }

    private static void create(Admin admin, NewTopic wanted, TimeLeft time) {
        try {
            KafkaFailures.await(admin.createTopics(List.of(wanted)).all(), time.left());
            log.atInfo()
                    .addKeyValue("topic", wanted.name())
                    .addKeyValue("partitions", wanted.numPartitions())
                    .addKeyValue("action", EventAction.TOPIC_CREATED)
                    .log("topic created");
        } catch (TopicExistsException e) {
            log.atDebug().addKeyValue("topic", wanted.name()).log("another process created the topic");
        } catch (AuthorizationException e) {
            throw new KafkaSetupException(
                    "Topic " + wanted.name()
                            + " does not exist and may not be created: grant CREATE on it, or create it with "
                            + wanted.numPartitions() + " partition(s) and " + wanted.configs() + ".",
                    e);
        } catch (RetriableException e) {
            throw e;
        } catch (ApiException e) {
            throw new KafkaSetupException(
                    "Topic " + wanted.name() + " could not be created: " + KafkaFailures.describe(e) + ".", e);
        }
    }

    private static Optional<TopicDescription> awaitVisible(Admin admin, String topic, TimeLeft time) {
        var found = describe(admin, topic, time);
        while (found.isEmpty() && !time.isOver()) {
            found = describe(admin, topic, time); // metadata is available milliseconds after the creation
        }
        return found;
    }

    private void checkPartitions(Admin admin, NewTopic wanted, int actual, TimeLeft time) {
        if (actual == wanted.numPartitions()) {
            return;
        }
        if (wanted.numPartitions() == 1
                && !wanted.name().equals(clients.topics().tasks())) {
            throw new KafkaSetupException(
                    "Topic " + wanted.name() + " has " + actual
                            + " partitions, but its records are ordered only within one: delete it; it is created again with one.",
                    null);
        }
        if (actual < wanted.numPartitions()) {
            addPartitions(admin, wanted, time);
        } else {
            log.atWarn()
                    .addKeyValue("topic", wanted.name())
                    .addKeyValue("partitions", actual)
                    .addKeyValue("wanted", wanted.numPartitions())
                    .log("topic has more partitions than recommended; tasks may be spread unevenly");
        }
    }

    private static void addPartitions(Admin admin, NewTopic wanted, TimeLeft time) {
        try {
            var increase = Map.of(wanted.name(), NewPartitions.increaseTo(wanted.numPartitions()));
            KafkaFailures.await(admin.createPartitions(increase).all(), time.left());
        } catch (RetriableException e) {
            throw e;
        } catch (ApiException e) {
            // With fewer partitions, fewer workers share the tasks; nothing else changes.
            log.atWarn()
                    .addKeyValue("topic", wanted.name())
                    .addKeyValue("wanted", wanted.numPartitions())
                    .addKeyValue("cause", KafkaFailures.describe(e))
                    .log("partitions could not be added");
        }
    }
}
