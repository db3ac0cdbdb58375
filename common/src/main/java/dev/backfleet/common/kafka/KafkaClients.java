package dev.backfleet.common.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Creates every Kafka client: names it, limits its waits and its memory, and adds the user's client properties. These
 * override the defaults, but not the settings that correctness depends on.
 */
public final class KafkaClients {
    private static final Map<String, Object> DEFAULTS = Map.of(
            CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 100,
            CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000,
            CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, 3_000,
            CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, 6_000,
            CommonClientConfigs.METADATA_MAX_AGE_CONFIG, 10_000,
            CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "",
            CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);

    private static final Map<String, Object> CONSUMER_DEFAULTS = Map.of(
            ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 262_144,
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 65_536,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 500);

    // One file of client properties serves all clients, so properties of another kind of client are ignored.
    private static final Set<String> NOT_FROM_THE_USER = Set.of(
            ConsumerConfig.GROUP_ID_CONFIG,
            ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
            ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG);

    // A share consumer refuses to start with any of these.
    private static final Set<String> NOT_FOR_SHARE_CONSUMERS = Set.of(
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
            ConsumerConfig.GROUP_PROTOCOL_CONFIG,
            ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);

    private final KafkaSettings settings;
    private final String name;

    /**
     * A factory of clients.
     *
     * @param settings where the cluster is
     * @param name prefix of the client ids, which appear in the broker's logs
     */
    public KafkaClients(KafkaSettings settings, String name) {
        this.settings = settings;
        this.name = name;
    }

    public KafkaSettings settings() {
        return settings;
    }

    public Topics topics() {
        return settings.topics();
    }

    /** An admin client. */
    public Admin admin(String role) {
        return Admin.create(config(role, Map.of()));
    }

    /** A producer of raw records; {@code fixed} overrides everything. */
    public KafkaProducer<byte[], byte[]> producer(String role, Map<String, Object> fixed) {
        return new KafkaProducer<>(config(role, fixed), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A consumer of raw records; {@code fixed} overrides everything. */
    public KafkaConsumer<byte[], byte[]> consumer(String role, Map<String, Object> fixed) {
        return new KafkaConsumer<>(
                consumerConfig(role, fixed), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** A member of a share group that reads raw records; {@code fixed} overrides everything. */
    public KafkaShareConsumer<byte[], byte[]> shareConsumer(String role, Map<String, Object> fixed) {
        var config = consumerConfig(role, fixed);
        config.keySet().removeAll(NOT_FOR_SHARE_CONSUMERS);
        return new KafkaShareConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Map<String, Object> consumerConfig(String role, Map<String, Object> fixed) {
        var config = new HashMap<String, Object>(CONSUMER_DEFAULTS);
        config.putAll(config(role, fixed));
        return config;
    }

    Map<String, Object> config(String role, Map<String, Object> fixed) {
        var config = new HashMap<String, Object>(DEFAULTS);
        config.putAll(settings.clientProperties());
        config.keySet().removeAll(NOT_FROM_THE_USER);
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, name + "-" + role);
        // Fixed, because the time limits that this package promises to callers depend on them.
        config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        config.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        config.putAll(fixed);
        return config;
    }
}
