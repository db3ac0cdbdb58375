package dev.backfleet.common.settings.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.common.settings.TaskQueueMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the brokers come from. */
class KafkaConnectionSettingsTest {

    @TempDir
    Path directory;

    @Test
    void brokers_and_defaults() {
        var settings = load(Map.of("BACKFLEET_KAFKA_BOOTSTRAP_SERVERS", "a:9092, b:9093"));

        assertThat(settings)
                .isEqualTo(new KafkaConnectionSettings("a:9092,b:9093", Map.of(), "backfleet", TaskQueueMode.AUTO));
    }

    @Test
    void the_properties_file_may_name_the_brokers_and_is_never_printed() throws IOException {
        var file = Files.writeString(
                directory.resolve("client.properties"), "bootstrap.servers=c:1\nsasl.jaas.config=hidden\n");

        var settings = load(Map.of("BACKFLEET_KAFKA_PROPERTIES", file.toString()));

        assertThat(settings)
                .isEqualTo(new KafkaConnectionSettings(
                        "c:1", Map.of("sasl.jaas.config", "hidden"), "backfleet", TaskQueueMode.AUTO))
                .hasToString("KafkaConnectionSettings[bootstrapServers=c:1, topicPrefix=backfleet, mode=AUTO]");
    }

    @Test
    void the_setting_counts_before_the_properties_file() throws IOException {
        var file = Files.writeString(directory.resolve("client.properties"), "bootstrap.servers=c:1\n");

        var settings =
                load(Map.of("BACKFLEET_KAFKA_PROPERTIES", file.toString(), "BACKFLEET_KAFKA_BOOTSTRAP_SERVERS", "a:1"));

        assertThat(settings).isEqualTo(new KafkaConnectionSettings("a:1", Map.of(), "backfleet", TaskQueueMode.AUTO));
    }

    @Test
    void no_broker_says_what_to_set() {
        assertThatThrownBy(() -> load(Map.of()))
                .isExactlyInstanceOf(SettingsException.class)
                .hasMessage("no Kafka broker is named: set BACKFLEET_KAFKA_BOOTSTRAP_SERVERS or give"
                        + " --kafka-bootstrap-servers, such as host:9092");
    }

    @Test
    void a_broken_properties_file_is_named() throws IOException {
        var file = Files.writeString(directory.resolve("client.properties"), "a=\\u12");

        assertThatThrownBy(() -> load(Map.of("BACKFLEET_KAFKA_PROPERTIES", file.toString())))
                .isExactlyInstanceOf(SettingsException.class)
                .hasMessage("the Kafka properties file " + file
                        + " cannot be read: check that it is a Java properties file");
    }

    private static KafkaConnectionSettings load(Map<String, String> environment) {
        return KafkaConnectionSettings.from(Settings.load(Map.of(), environment, null, Optional.empty()));
    }
}
