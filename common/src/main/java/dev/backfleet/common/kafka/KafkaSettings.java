package dev.backfleet.common.kafka;

import dev.backfleet.common.settings.TaskQueueMode;
import dev.backfleet.common.settings.typed.KafkaConnectionSettings;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How to reach Kafka, and which names and protocol to use there.
 *
 * @param bootstrapServers comma-separated {@code host:port}
 * @param clientProperties further settings for every client, for TLS and SASL; settings that correctness depends on
 *     override them
 * @param topicPrefix what the names of topics and groups begin with
 * @param taskQueueMode how workers share tasks
 */
public record KafkaSettings(
        String bootstrapServers,
        Map<String, String> clientProperties,
        String topicPrefix,
        TaskQueueMode taskQueueMode) {

    /** The default prefix. */
    public static final String DEFAULT_TOPIC_PREFIX = "backfleet";

    private static final Pattern LEGAL_PREFIX = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

    public KafkaSettings {
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException("The Kafka bootstrap servers are empty: give host:port.");
        }
        if (!LEGAL_PREFIX.matcher(topicPrefix).matches()) {
            throw new IllegalArgumentException("The topic prefix '" + topicPrefix
                    + "' is not usable: letters, digits, '.', '_' and '-', at most 200 of them.");
        }
        clientProperties = Map.copyOf(clientProperties);
    }

    public static KafkaSettings from(KafkaConnectionSettings settings) {
        return new KafkaSettings(
                settings.bootstrapServers(), settings.extra(), settings.topicPrefix(), settings.mode());
    }

    /** A plaintext connection with the defaults. */
    public static KafkaSettings of(String bootstrapServers) {
        return new KafkaSettings(bootstrapServers, Map.of(), DEFAULT_TOPIC_PREFIX, TaskQueueMode.AUTO);
    }

    public Topics topics() {
        return new Topics(topicPrefix);
    }

    /** Without the values of the client properties: they hold passwords. */
    @Override
    public String toString() {
        return "KafkaSettings[bootstrapServers=" + bootstrapServers + ", clientProperties=" + clientProperties.keySet()
                + ", topicPrefix=" + topicPrefix + ", taskQueueMode=" + taskQueueMode + "]";
    }
}
