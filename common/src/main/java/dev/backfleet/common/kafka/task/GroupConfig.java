package dev.backfleet.common.kafka.task;

import dev.backfleet.common.kafka.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Opens members of the consumer group, with the shortest session timeout that the broker accepts. */
final class GroupConfig {
    private final KafkaClients clients;
    private final Iterator<Duration> longerSessions = List.of(
                    Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(45))
            .iterator();
    private Duration session = Duration.ofSeconds(6);

    GroupConfig(KafkaClients clients) {
        this.clients = clients;
    }

    /**
     * Chooses a longer session timeout after the broker rejected one below its minimum; false if there is none left to
     * try.
     */
    boolean tryLongerSession() {
        if (!longerSessions.hasNext()) {
            return false;
        }
        session = longerSessions.next();
        return true;
    }

    KafkaConsumer<byte[], byte[]> open() {
        var fixed = new HashMap<String, Object>(Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                clients.topics().consumerGroup(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                1,
                // Also how long a rebalance waits for a member that does not serve the group.
                ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
                60_000));
        if (!newProtocol()) {
            fixed.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
            fixed.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) session.toMillis());
            fixed.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1_500);
        }
        return clients.consumer("tasks", fixed);
    }

    /**
     * Whether a client property selects the newer group protocol, in which the broker decides on sessions and
     * assignment.
     */
    private boolean newProtocol() {
        return "consumer"
                .equalsIgnoreCase(clients.settings().clientProperties().get(ConsumerConfig.GROUP_PROTOCOL_CONFIG));
    }
}
