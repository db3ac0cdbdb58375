package dev.backfleet.common.kafka.setup;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster says of itself and of a fleet's topics.
 *
 * @param brokers how many brokers it has
 * @param shareVersion the version of share groups; 0: it has none
 * @param topics the fleet's topics, whether they exist or not
 */
public record ClusterFacts(int brokers, int shareVersion, List<TopicFacts> topics) {
    public ClusterFacts {
        topics = List.copyOf(topics);
    }

    /**
     * What is known of a topic.
     *
     * @param name its name
     * @param partitions how many; 0: it does not exist
     * @param replicas of each partition, at least
     * @param cleanupPolicy its policy; null: it cannot be read
     * @param operations what this client may do with it; null: the cluster does not say
     * @param failure why it cannot be described; null if it can
     */
    public record TopicFacts(
            String name,
            int partitions,
            int replicas,
            @Nullable String cleanupPolicy,
            @Nullable Set<String> operations,
            @Nullable String failure) {
        public TopicFacts {
            operations = operations == null ? null : Set.copyOf(operations);
        }
    }
}
