package dev.backfleet.common.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.settings.context.Contexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which context applies, what it gives, and which files are rejected. */
class ContextsTest {
    private static final String TWO = """
            default: staging
            contexts:
              staging:
                settings: staging.env
                BACKFLEET_WORKER_SLOTS: 3
              production:
                BACKFLEET_DATABASE_URL: postgresql://ops:secret@db/app
            """;

    @TempDir
    Path home;

    private Path write(String text) throws IOException {
        var file = home.resolve(".config/backfleet/contexts.yaml");
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Map<String, String> environment(String... more) {
        var environment = new HashMap<>(Map.of("HOME", home.toString()));
        for (var i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return environment;
    }

    private static Optional<String> chosen(
            @Nullable String named, Map<String, String> environment, @Nullable Path settings) {
        return Contexts.choose(named, Set.of(), environment, settings).map(SettingsContext::name);
    }

    private static Settings load(@Nullable String named, Map<String, String> environment) {
        return Settings.load(Map.of(), environment, null, Contexts.choose(named, Set.of(), environment, null));
    }

    @Test
    void a_context_counts_after_the_named_file_and_before_the_environment() throws IOException {
        write(TWO);
        Files.writeString(
                home.resolve(".config/backfleet/staging.env"), "BACKFLEET_TOPIC_PREFIX=s\nBACKFLEET_WORKER_SLOTS=1");
        var environment = environment(
                "BACKFLEET_WORKER_SLOTS", "2", "BACKFLEET_TOPIC_PREFIX", "e", "BACKFLEET_LOG_LEVEL", "warn");
        var context = Contexts.choose("staging", Set.of(), environment, null);
        var settings = Settings.load(Map.of(), environment, null, context);

        assertThat(settings.context()).contains("staging");
        assertThat(settings.get(SettingCatalogue.WORKER_SLOTS)).isEqualTo(3);
        assertThat(settings.get(SettingCatalogue.TOPIC_PREFIX)).isEqualTo("s");
        assertThat(settings.get(SettingCatalogue.LOG_LEVEL)).isEqualTo(LogLevel.WARN);
        var file = Files.writeString(home.resolve("named.env"), "BACKFLEET_WORKER_SLOTS=5");
        assertThat(Settings.load(Map.of(), environment, file, context).get(SettingCatalogue.WORKER_SLOTS))
                .isEqualTo(5);
        assertThat(Settings.load(Map.of(SettingCatalogue.WORKER_SLOTS, "6"), environment, file, context)
                        .get(SettingCatalogue.WORKER_SLOTS))
                .isEqualTo(6);
    }

    @Test
    void a_context_replaces_the_file_that_the_environment_names() throws IOException {
        write(TWO);
        var file = Files.writeString(home.resolve("other.env"), "BACKFLEET_KAFKA_BOOTSTRAP_SERVERS=other:1");
        var settings = load("production", environment("BACKFLEET_SETTINGS", file.toString()));

        assertThat(settings.find(SettingCatalogue.KAFKA_BOOTSTRAP_SERVERS)).isEmpty();
        assertThat(settings.get(SettingCatalogue.DATABASE_URL).user()).isEqualTo("ops");
    }

    @Test
    void the_default_applies_only_if_nothing_else_names_a_fleet() throws IOException {
        write(TWO);
        Files.writeString(home.resolve(".config/backfleet/staging.env"), "");
        var file = Files.writeString(home.resolve("named.env"), "");

        assertThat(chosen(null, environment(), null)).contains("staging");
        assertThat(chosen(null, environment("BACKFLEET_CONTEXT", "production"), null))
                .contains("production");
        assertThat(chosen("staging", environment("BACKFLEET_CONTEXT", "production"), file))
                .contains("staging");
        assertThat(chosen(null, environment("BACKFLEET_CONTEXT", "production"), file))
                .isEmpty();
        assertThat(chosen(null, environment(), file)).isEmpty();
        assertThat(chosen(null, environment("BACKFLEET_SETTINGS", file.toString()), null))
                .isEmpty();
        assertThat(chosen(null, environment("BACKFLEET_DATABASE_URL", "postgresql://x/y"), null))
                .isEmpty();
        assertThat(chosen(null, environment("BACKFLEET_KAFKA_BOOTSTRAP_SERVERS", "x:1"), null))
                .isEmpty();
        assertThat(chosen(null, environment("BACKFLEET_DATABASE_URL", ""), null))
                .contains("staging");
        assertThat(Contexts.choose(null, Set.of(SettingCatalogue.DATABASE_URL), environment(), null))
                .isEmpty();
    }

    @Test
    void without_a_file_there_are_no_contexts() {
        assertThat(chosen(null, environment(), null)).isEmpty();
        assertThat(chosen(null, Map.of(), null)).isEmpty();
        assertThatThrownBy(() -> chosen("x", environment(), null))
                .isExactlyInstanceOf(SettingsException.class)
                .hasMessage(
                        "--context: there is no context x; %s/.config/backfleet/contexts.yaml does not exist: write it there",
                        home);
    }

    @Test
    void an_unknown_context_is_told_with_those_that_there_are() throws IOException {
        var file = write(TWO);

        assertThatThrownBy(() -> chosen("prodution", environment(), null))
                .hasMessage(
                        "--context: there is no context prodution; %s has staging, production; did you mean production?",
                        file);
        assertThatThrownBy(() -> chosen(null, environment("BACKFLEET_CONTEXT", "xyz"), null))
                .hasMessage(
                        "environment variable BACKFLEET_CONTEXT: there is no context xyz; %s has staging, production",
                        file);
    }

    @Test
    void the_configuration_directory_of_the_user_applies() throws IOException {
        Files.createDirectories(home.resolve("xdg/backfleet"));
        Files.writeString(home.resolve("xdg/backfleet/contexts.yaml"), "contexts: {a: {BACKFLEET_TOPIC_PREFIX: b}}");
        write(TWO);

        assertThat(Contexts.of(environment(
                                "XDG_CONFIG_HOME", home.resolve("xdg").toString()))
                        .names())
                .containsExactly("a");
        assertThat(Contexts.of(environment("XDG_CONFIG_HOME", "relative")).names())
                .containsExactly("staging", "production");
    }

    @Test
    void a_password_that_everybody_can_read_is_a_warning() throws IOException {
        var file = write(TWO);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(load("production", environment()).warnings())
                .containsExactly(file + " has a password and can be read by every user of this machine: run chmod 600 "
                        + file + ", or name the password's file with BACKFLEET_DATABASE_PASSWORD_FILE");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(load("production", environment()).warnings()).isEmpty();

        var settings = Files.writeString(file.resolveSibling("staging.env"), "BACKFLEET_DATABASE_PASSWORD=x");
        Files.setPosixFilePermissions(settings, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(load("staging", environment()).warnings())
                .singleElement()
                .asString()
                .startsWith(settings + " has a password");
        Files.writeString(settings, "BACKFLEET_DATABASE_URL=postgresql://u@h/d");
        assertThat(load("staging", environment()).warnings()).isEmpty();
    }

    @Test
    void a_database_of_the_context_beside_the_kafka_of_the_environment_is_a_warning() throws IOException {
        var file = write("contexts: {p: {BACKFLEET_DATABASE_URL: 'postgresql://u@db/app'}}");
        var mixed = environment("BACKFLEET_KAFKA_BOOTSTRAP_SERVERS", "other:9092");

        assertThat(load("p", mixed).warnings())
                .containsExactly("the database and Kafka are named in different places (" + file
                        + ":1: context p, BACKFLEET_DATABASE_URL; environment variable BACKFLEET_KAFKA_BOOTSTRAP_SERVERS):"
                        + " check that they belong to the same fleet");
        assertThat(load("p", environment()).warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        default: b\\ncontexts: {a: {}}                       | :1: default: there is no context b; the file has a
        contexts:\\n  a:\\n    BACKFLEET_WORKR_SLOTS: 3       | :3: context a: BACKFLEET_WORKR_SLOTS is not a setting; did you mean BACKFLEET_WORKER_SLOTS?
        contexts:\\n  a:\\n    BACKFLEET_SETTINGS: x          | :3: context a: BACKFLEET_SETTINGS works only as an environment variable: remove it from the file
        contexts:\\n  a: {}\\n  a: {}                         | :3: context a is written twice; write
        contexts:\\n  a: 3                                   | :2: context a is not a group of settings; write
        contexts:\\n  a:\\n    BACKFLEET_TOPIC_PREFIX: [b]     | :3: context a, BACKFLEET_TOPIC_PREFIX has no plain value; write
        contexts:\\n  a:\\n    BACKFLEET_TOPIC_PREFIX: *b      | :3: context a, BACKFLEET_TOPIC_PREFIX has no plain value; write
        contexts:\\n  a:\\n    BACKFLEET_TOPIC_PREFIX:         | :3: context a, BACKFLEET_TOPIC_PREFIX has no plain value; write
        fleets: {}                                         | :1: fleets is not known here; write
        - a                                                | :1: is not a group of keys; write
        contexts: {a: {BACKFLEET_DATABASE_PASSWORD: "hu    | :1: this is not YAML; write
        """)
    void a_bad_file_is_named_with_its_line(String text, String complaint) throws IOException {
        var file = write(text.replace("\\n", "\n"));

        assertThatThrownBy(() -> Contexts.of(environment()))
                .isExactlyInstanceOf(SettingsException.class)
                .hasMessageStartingWith(file + complaint)
                .hasMessageNotContaining("hu");
    }

    @Test
    void a_bad_value_is_named_with_its_line_and_the_context() throws IOException {
        var file = write("contexts:\n  a:\n    BACKFLEET_WORKER_SLOTS: 0");

        assertThatThrownBy(() -> load("a", environment()).get(SettingCatalogue.WORKER_SLOTS))
                .hasMessage("%s:3: context a, BACKFLEET_WORKER_SLOTS: \"0\" is not a whole number from 1 to 256", file);
    }

    @Test
    void a_settings_file_that_is_missing_is_named() throws IOException {
        write(TWO);

        assertThatThrownBy(() -> load("staging", environment()))
                .hasMessageContaining("/.config/backfleet/staging.env cannot be read");
    }
}
