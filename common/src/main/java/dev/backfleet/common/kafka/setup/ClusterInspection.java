package dev.backfleet.common.kafka.setup;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;

import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.TimeLeft;
import dev.backfleet.common.kafka.setup.ClusterFacts.TopicFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Reads what a cluster says of itself and of a fleet's topics; changes nothing. */
public final class ClusterInspection {
    private final KafkaClients clients;

    public ClusterInspection(KafkaClients clients) {
        this.clients = clients;
    }

    /**
     * Asks the cluster. What it does not tell of a topic is noted with the topic.
     *
     * @param timeout for all questions together
     * @throws KafkaException if it cannot be asked at all
     */
    public ClusterFacts run(Duration timeout) {
        var time = new TimeLeft(timeout);
        try (var admin = clients.admin("doctor")) {
            try {
                var nodes = KafkaFailures.await(admin.describeCluster().nodes(), time.left());
                var share = TaskQueueModes.shareVersion(admin, time.left());
                var names = clients.topics();
                var topics = new ArrayList<TopicFacts>();
                for (var name : List.of(names.tasks(), names.control(), names.events())) {
                    topics.add(topic(admin, name, time));
                }
                return new ClusterFacts(nodes.size(), share, topics);
            } finally {
                admin.close(Duration.ZERO);
            }
        }
    }

    private static TopicFacts topic(Admin admin, String name, TimeLeft time) {
        try {
            var options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
            var described = KafkaFailures.await(
                            admin.describeTopics(List.of(name), options).allTopicNames(), time.left())
                    .get(name);
            if (described == null) {
                return new TopicFacts(name, 0, 0, null, null, null);
            }
            var replicas = described.partitions().stream()
                    .mapToInt(partition -> partition.replicas().size())
                    .min()
                    .orElse(0);
            var operations = described.authorizedOperations();
            Set<String> allowed = operations == null
                    ? null
                    : operations.stream().map(Enum::name).collect(Collectors.toSet());
            return new TopicFacts(
                    name, described.partitions().size(), replicas, cleanupPolicy(admin, name, time), allowed, null);
        } catch (UnknownTopicOrPartitionException e) {
            return new TopicFacts(name, 0, 0, null, null, null);
        } catch (KafkaException e) {
            return new TopicFacts(name, 0, 0, null, null, KafkaFailures.describe(e));
        }
    }

    private static @Nullable String cleanupPolicy(Admin admin, String name, TimeLeft time) {
        var topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
        try {
            var configs = KafkaFailures.await(
                            admin.describeConfigs(List.of(topic)).all(), time.left())
                    .get(topic);
            var policy = configs == null ? null : configs.get(CLEANUP_POLICY_CONFIG);
            return policy == null ? null : policy.value();
        } catch (KafkaException e) {
            return null; // without DESCRIBE_CONFIGS
        }
    }
}
