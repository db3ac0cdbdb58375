package dev.backfleet.common.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the file is parsed, and which lines are rejected. */
class SettingsFileTest {

    @TempDir
    Path directory;

    @Test
    void everything_after_the_first_equals_sign_is_the_value() throws IOException {
        var file = Files.writeString(directory.resolve("settings"), """
                # a comment

                BACKFLEET_DATABASE_PASSWORD = "a=b # c"\s
                PGPASSWORD=of another program
                """);

        var settings = Settings.load(Map.of(), Map.of(), file, Optional.empty());

        assertThat(settings.find(SettingCatalogue.DATABASE_PASSWORD)).contains("\"a=b # c\"");
    }

    @Test
    void what_is_rendered_can_be_read() throws IOException {
        var text = SettingsFile.render(Map.of(
                SettingCatalogue.TOPIC_PREFIX, "demo",
                SettingCatalogue.DATABASE_URL, "postgresql://u:p@h:1/d?a=b"));
        assertThat(text).isEqualTo("BACKFLEET_DATABASE_URL=postgresql://u:p@h:1/d?a=b\nBACKFLEET_TOPIC_PREFIX=demo\n");

        var settings = Settings.load(
                Map.of(), Map.of(), Files.writeString(directory.resolve("settings"), text), Optional.empty());

        assertThat(settings.get(SettingCatalogue.TOPIC_PREFIX)).isEqualTo("demo");
        assertThat(settings.get(SettingCatalogue.DATABASE_URL))
                .isEqualTo(DatabaseUrl.parse("postgresql://u:p@h:1/d?a=b"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        BACKFLEET_WORKR_SLOTS=3 | :2: BACKFLEET_WORKR_SLOTS is not a setting; did you mean BACKFLEET_WORKER_SLOTS?
        BACKFLEET_BANANA=3      | :2: BACKFLEET_BANANA is not a setting; the settings reference has the names
        a secret                | :2: this is not a NAME=value line; start comments with #
        =3                      | :2: this is not a NAME=value line; start comments with #
        BACKFLEET_LOG_LEVEL=info | :2: BACKFLEET_LOG_LEVEL is set twice in this file: remove one of the lines
        BACKFLEET_TOPIC_PREFIX='a' | :2: BACKFLEET_TOPIC_PREFIX: the value is in quotes, which would be part of it: remove them, the file is no shell script
        BACKFLEET_DATABASE_URL="b" | :2: BACKFLEET_DATABASE_URL: the value is in quotes, which would be part of it: remove them, the file is no shell script
        export BACKFLEET_TOPIC_PREFIX=a | :2: this is a shell's line, and the file is no shell script: remove "export"
        BACKFLEET_TERMINAL=1x1  | :2: BACKFLEET_TERMINAL works only as an environment variable: remove it from the file
        """)
    void a_bad_line_is_named(String line, String complaint) throws IOException {
        var file = Files.writeString(directory.resolve("settings"), "BACKFLEET_LOG_LEVEL=warn\n" + line);

        assertThatThrownBy(() -> Settings.load(Map.of(), Map.of(), file, Optional.empty()))
                .isExactlyInstanceOf(SettingsException.class)
                .hasMessage(file + complaint);
    }

    @Test
    void a_missing_file_is_named() {
        var file = directory.resolve("nowhere");

        assertThatThrownBy(() -> Settings.load(Map.of(), Map.of(), file, Optional.empty()))
                .isExactlyInstanceOf(SettingsException.class)
                .hasMessage("the settings file " + file
                        + " cannot be read: check that it exists, is UTF-8 and may be read");
    }
}
