package dev.backfleet.standalone.faults;

import static org.awaitility.Awaitility.await;

import dev.backfleet.common.kafka.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;

/** Resets the fleet's offsets in the tasks topic, as an operator would; no worker may be running. */
final class Offsets {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final String bootstrapServers;
    private final Topics topics;

    Offsets(String bootstrapServers, Topics topics) {
        this.bootstrapServers = bootstrapServers;
        this.topics = topics;
    }

    /** All tasks are delivered again. */
    void toTheStart() throws Exception {
        set(OffsetSpec.earliest());
    }

    /** Tasks that were published until now are not delivered. */
    void toTheEnd() throws Exception {
        set(OffsetSpec.latest());
    }

    private void set(OffsetSpec where) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            var topic = admin.describeTopics(List.of(topics.tasks()))
                    .allTopicNames()
                    .get();
            var partitions = topic.values().stream()
                    .flatMap(description -> description.partitions().stream())
                    .map(partition -> new TopicPartition(topics.tasks(), partition.partition()))
                    .collect(Collectors.toMap(Function.identity(), partition -> where));
            var found = admin.listOffsets(partitions).all().get().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, entry -> entry.getValue().offset()));
            // Workers that were killed are members until their sessions time out.
            await().atMost(TIMEOUT).until(() -> set(admin, found));
        }
    }

    private boolean set(Admin admin, Map<TopicPartition, Long> offsets) throws Exception {
        try {
            admin.alterShareGroupOffsets(topics.shareGroup(), offsets).all().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupNotEmptyException) {
                return false;
            }
            throw e;
        }
    }
}
