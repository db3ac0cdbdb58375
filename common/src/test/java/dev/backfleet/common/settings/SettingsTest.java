package dev.backfleet.common.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.settings.typed.CoordinatorSettings;
import dev.backfleet.common.settings.typed.LogSettings;
import dev.backfleet.common.settings.typed.WorkerSettings;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.Thresholds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The precedence of values, and the messages for invalid ones. */
class SettingsTest {

    @TempDir
    Path directory;

    @Test
    void a_flag_counts_before_the_named_file_before_the_environment_before_the_default() throws IOException {
        var file = file("BACKFLEET_WORKER_SLOTS=1");
        var environment = Map.of("BACKFLEET_WORKER_SLOTS", "2");
        Map<Setting<?>, String> flags = Map.of(SettingCatalogue.WORKER_SLOTS, "3");

        assertThat(slots(Settings.load(flags, environment, file, Optional.empty())))
                .isEqualTo(3);
        assertThat(slots(Settings.load(Map.of(), environment, file, Optional.empty())))
                .isEqualTo(1);
        assertThat(slots(Settings.load(Map.of(), environment, null, Optional.empty())))
                .isEqualTo(2);
        assertThat(slots(Settings.load(Map.of(), Map.of(), null, Optional.empty())))
                .isEqualTo(4);
    }

    @Test
    void the_environment_names_the_file_unless_a_flag_does() throws IOException {
        var named = file("BACKFLEET_WORKER_SLOTS=1");
        var environment = Map.of("BACKFLEET_SETTINGS", named.toString());
        var flagged = directory.resolve("other");
        Files.writeString(flagged, "BACKFLEET_WORKER_SLOTS=2");

        assertThat(slots(Settings.load(Map.of(), environment, null, Optional.empty())))
                .isEqualTo(1);
        assertThat(slots(Settings.load(Map.of(), environment, flagged, Optional.empty())))
                .isEqualTo(2);
        var both = Map.of("BACKFLEET_SETTINGS", named.toString(), "BACKFLEET_WORKER_SLOTS", "3");
        assertThat(slots(Settings.load(Map.of(), both, null, Optional.empty()))).isEqualTo(3);
    }

    @Test
    void an_environment_variable_set_to_nothing_is_not_set() {
        var settings = Settings.load(Map.of(), Map.of("BACKFLEET_WORKER_SLOTS", ""), null, Optional.empty());

        assertThat(slots(settings)).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        WORKER_SLOTS      | 0         | "0" is not a whole number from 1 to 256
        WORKER_SLOTS      | 257       | "257" is not a whole number from 1 to 256
        WORKER_SLOTS      | four      | "four" is not a whole number from 1 to 256
        SHARD_LEASE       | 1s        | "1s" is not a duration from 2s to 10m, such as 500ms, 10s or 2m
        SHARD_LEASE       | 11m       | "11m" is not a duration from 2s to 10m, such as 500ms, 10s or 2m
        SHARD_LEASE       | 5         | "5" is not a duration from 2s to 10m, such as 500ms, 10s or 2m
        TASK_QUEUE        | kafka     | "kafka" is not one of auto, share, group
        LOG_FORMAT        | xml       | "xml" is not one of plain, json
        LOG_LEVEL         | loud      | "loud" is not one of error, warn, info, debug, trace
        TOPIC_PREFIX      | a b       | "a b" is not a prefix of 1 to 200 letters, digits, dots, dashes and underscores
        WORKER_ID         | a/b       | "a/b" is not a name of 1 to 100 letters, digits, dots, dashes and underscores
        KAFKA_PROPERTIES  | /no/where | "/no/where" is not a file that exists and can be read
        KAFKA_BOOTSTRAP_SERVERS | host      | "host" is not a list of brokers such as host1:9092,host2:9092
        KAFKA_BOOTSTRAP_SERVERS | host:70000 | "host:70000" is not a list of brokers such as host1:9092,host2:9092
        DATABASE_URL      | mysql://u:pw@h/d | the value (not shown) is not a PostgreSQL URL such as postgresql://user@host:5432/database or jdbc:postgresql://host:5432/database
        DATABASE_PASSWORD | ' '       | the value (not shown) is not a text that is not blank
        """)
    void a_bad_value_is_named_with_its_source_and_the_remedy(String name, String value, String complaint)
            throws IOException {
        var setting = SettingCatalogue.named("BACKFLEET_" + name).orElseThrow();
        var file = file("# settings\n\nBACKFLEET_" + name + "=" + value);

        assertThatThrownBy(() -> Settings.load(Map.of(setting, value), Map.of(), null, Optional.empty())
                        .find(setting))
                .isExactlyInstanceOf(SettingsException.class)
                .hasMessage("flag %s: %s", setting.flag(), complaint);
        assertThatThrownBy(() -> Settings.load(Map.of(), Map.of(setting.name(), value), null, Optional.empty())
                        .find(setting))
                .isExactlyInstanceOf(SettingsException.class)
                .hasMessage("environment variable %s: %s", setting.name(), complaint);
        if (!value.isBlank()) {
            assertThatThrownBy(() -> Settings.load(Map.of(), Map.of(), file, Optional.empty())
                            .find(setting))
                    .isExactlyInstanceOf(SettingsException.class)
                    .hasMessage("%s:3: %s: %s", file, setting.name(), complaint);
        }
    }

    @Test
    void an_unknown_environment_variable_is_a_warning_with_the_nearest_name() {
        var environment = Map.of(
                "BACKFLEET_WORKR_SLOTS", "3",
                "BACKFLEET_ZZZ", "1",
                "BACKFLEET_TERMINAL", "80x24",
                "BACKFLEET_INPUT", "terminal",
                "BACKFLEET_JAVA_OPTIONS", "-Xmx1g",
                "PATH", "/bin");

        assertThat(Settings.load(Map.of(), environment, null, Optional.empty()).warnings())
                .containsExactly(
                        "environment variable BACKFLEET_WORKR_SLOTS is not a setting; did you mean"
                                + " BACKFLEET_WORKER_SLOTS?",
                        "environment variable BACKFLEET_ZZZ is not a setting; the settings reference has the names");
    }

    @Test
    void a_setting_that_must_be_set_says_how_to_set_it() {
        var settings = Settings.load(Map.of(), Map.of(), null, Optional.empty());

        assertThatThrownBy(() -> settings.get(SettingCatalogue.WORKER_ID))
                .isExactlyInstanceOf(SettingsException.class)
                .hasMessage("BACKFLEET_WORKER_ID is not set: give --worker-id, or set BACKFLEET_WORKER_ID to a name of"
                        + " 1 to 100 letters, digits, dots, dashes and underscores");
    }

    @Test
    void the_parts_get_their_defaults() {
        var settings = Settings.load(Map.of(), Map.of(), null, Optional.empty());

        assertThat(WorkerSettings.from(settings, "w"))
                .isEqualTo(new WorkerSettings(
                        "w",
                        4,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(20)));
        var coordinator = CoordinatorSettings.from(settings, "c");
        assertThat(coordinator)
                .isEqualTo(new CoordinatorSettings(
                        "c",
                        Duration.ofSeconds(3),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(5),
                        coordinator.throttle(),
                        Set.of(),
                        Optional.empty(),
                        Optional.empty()));
        assertThat(coordinator.throttle())
                .hasSize(Signal.values().length)
                .containsEntry(Signal.REPLICATION_LAG, new Thresholds(10, 60));
        assertThat(LogSettings.from(settings)).isEqualTo(new LogSettings(LogFormat.PLAIN, LogLevel.INFO));
    }

    @Test
    void a_coordinator_cannot_tick_slower_than_its_lease_allows() {
        var environment = Map.of("BACKFLEET_COORDINATOR_LEASE", "2s", "BACKFLEET_COORDINATOR_TICK", "1s");
        var settings = Settings.load(Map.of(), environment, null, Optional.empty());

        assertThatThrownBy(() -> CoordinatorSettings.from(settings, "c"))
                .isExactlyInstanceOf(SettingsException.class)
                .hasMessage("BACKFLEET_COORDINATOR_TICK must be at most a third of BACKFLEET_COORDINATOR_LEASE, or the"
                        + " lead is lost between two rounds: shorten the tick or lengthen the lease");
    }

    private static int slots(Settings settings) {
        return settings.get(SettingCatalogue.WORKER_SLOTS);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("settings"), text);
    }
}
