package dev.backfleet.common.settings.typed;

import static dev.backfleet.common.settings.SettingCatalogue.KAFKA_BOOTSTRAP_SERVERS;
import static dev.backfleet.common.settings.SettingCatalogue.KAFKA_PROPERTIES;

import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.common.settings.TaskQueueMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The connection to Kafka.
 *
 * @param bootstrapServers bootstrap brokers
 * @param extra further client properties, which may contain secrets
 * @param topicPrefix prefix of the names of topics and groups
 * @param mode how workers take tasks
 */
public record KafkaConnectionSettings(
        String bootstrapServers, Map<String, String> extra, String topicPrefix, TaskQueueMode mode) {

    private static final String SERVERS = "bootstrap.servers";

    public KafkaConnectionSettings {
        extra = Map.copyOf(extra);
    }

    /** Reads the settings. Brokers in the properties file apply if the setting for brokers is missing. */
    public static KafkaConnectionSettings from(Settings settings) {
        var extra = new HashMap<>(settings.find(KAFKA_PROPERTIES)
                .map(KafkaConnectionSettings::read)
                .orElse(Map.of()));
        var inFile = Optional.ofNullable(extra.remove(SERVERS));
        var servers = settings.find(KAFKA_BOOTSTRAP_SERVERS)
                .or(() -> inFile)
                .orElseThrow(() -> new SettingsException(
                        "no Kafka broker is named: set BACKFLEET_KAFKA_BOOTSTRAP_SERVERS or give --kafka-bootstrap-servers,"
                                + " such as host:9092"));
        return new KafkaConnectionSettings(
                servers, extra, settings.get(SettingCatalogue.TOPIC_PREFIX), settings.get(SettingCatalogue.TASK_QUEUE));
    }

    /** Without the properties, which may contain passwords. */
    @Override
    public String toString() {
        return "KafkaConnectionSettings[bootstrapServers=%s, topicPrefix=%s, mode=%s]"
                .formatted(bootstrapServers, topicPrefix, mode);
    }

    private static Map<String, String> read(Path file) {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new SettingsException(
                    "the Kafka properties file " + file + " cannot be read: check that it is a Java properties file");
        }
        var read = new HashMap<String, String>();
        properties.stringPropertyNames().forEach(name -> read.put(name, properties.getProperty(name)));
        return read;
    }
}
