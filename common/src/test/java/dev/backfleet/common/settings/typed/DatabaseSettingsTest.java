package dev.backfleet.common.settings.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.settings.DatabaseUrl;
import dev.backfleet.common.settings.Setting;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.SettingValue;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The precedence of user, password and URL, and that no secret is printed. */
class DatabaseSettingsTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        jdbc:postgresql://h:1/d                      | jdbc:postgresql://h:1/d                      | -    | -
        postgresql://h:1/d                           | jdbc:postgresql://h:1/d                      | -    | -
        postgres://u:p@h:1/d                         | jdbc:postgresql://h:1/d                      | u    | p
        jdbc:postgresql://u:p@h/d                    | jdbc:postgresql://h/d                        | u    | p
        jdbc:postgresql://h/d?user=u&password=p%26q  | jdbc:postgresql://h/d                        | u    | p&q
        postgresql://u%40x:p%2F+@h/d                 | jdbc:postgresql://h/d                        | u@x  | p/+
        postgresql://u@[::1]:5432/d                  | jdbc:postgresql://[::1]:5432/d               | u    | -
        postgresql://h                               | jdbc:postgresql://h/                         | -    | -
        postgresql://a:1,b:2/d                       | jdbc:postgresql://a:1,b:2/d                  | -    | -
        postgresql://h/d?sslmode=require&connect_timeout=3 | jdbc:postgresql://h/d?connectTimeout=3&sslmode=require | - | -
        postgresql://h/d?options=-c%20a%3Db          | jdbc:postgresql://h/d?options=-c+a%3Db       | -    | -
        """)
    void a_url_is_read_in_each_of_its_forms(String text, String jdbc, String user, String password) {
        var settings = DatabaseSettings.ofUrl(text);

        assertThat(settings).isEqualTo(new DatabaseSettings(jdbc, user, password, null, Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "h:5432/d", "mysql://h/d", "jdbc:mysql://h/d", "postgresql://u:p@q@h/d", "http://h"})
    void other_texts_are_not_urls_of_a_database(String text) {
        assertThatThrownBy(() -> DatabaseUrl.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void no_secret_is_printed() {
        var settings = DatabaseSettings.ofUrl("postgresql://u:hidden1@h/d?sslpassword=hidden2");

        assertThat(settings).hasToString("DatabaseSettings[url=jdbc:postgresql://h/d, user=u]");
        assertThat(DatabaseUrl.parse("postgresql://u:hidden1@h/d?sslpassword=hidden2"))
                .hasToString("jdbc:postgresql://h/d");
        assertThat(new SettingValue("hidden", SettingValue.Source.FLAG, "flag --database-password"))
                .hasToString("SettingValue[flag --database-password]");
        assertThat(settings.driverProperties())
                .containsEntry("password", "hidden1")
                .containsEntry("sslpassword", "hidden2");
    }

    @Test
    void a_missing_url_says_what_to_set() {
        assertThatThrownBy(() -> DatabaseSettings.from(Settings.load(Map.of(), Map.of(), null, Optional.empty())))
                .isExactlyInstanceOf(SettingsException.class)
                .hasMessage("no database is named: set BACKFLEET_DATABASE_URL, or give --database-url, such as"
                        + " postgresql://user@host:5432/database, --settings FILE or --context NAME");
    }

    @Test
    void separate_user_and_password_override_those_in_the_url() {
        var environment = Map.of(
                "BACKFLEET_DATABASE_URL", "postgresql://a:b@h/d",
                "BACKFLEET_DATABASE_USER", "u",
                "BACKFLEET_DATABASE_PASSWORD", "p");

        assertThat(DatabaseSettings.from(Settings.load(Map.of(), environment, null, Optional.empty())))
                .isEqualTo(new DatabaseSettings("jdbc:postgresql://h/d", "u", "p", null, Map.of()));
    }

    @Test
    void a_url_with_higher_precedence_keeps_its_user_and_password() {
        Map<Setting<?>, String> flags = Map.of(SettingCatalogue.DATABASE_URL, "postgresql://a:b@h/d");
        var environment = Map.of("BACKFLEET_DATABASE_USER", "u", "BACKFLEET_DATABASE_PASSWORD", "p");

        assertThat(DatabaseSettings.from(Settings.load(flags, environment, null, Optional.empty())))
                .isEqualTo(new DatabaseSettings("jdbc:postgresql://h/d", "a", "b", null, Map.of()));
    }

    @ParameterizedTest
    @CsvSource({"'p ', 'p '", "'p\n', p", "'p\r\n', p", "'p\n\n', 'p\n'"})
    void a_password_file_loses_one_line_break(String content, String password) throws IOException {
        var environment = Map.of(
                "BACKFLEET_DATABASE_URL",
                "postgresql://u@h/d",
                "BACKFLEET_DATABASE_PASSWORD_FILE",
                passwordFile(content).toString());

        assertThat(DatabaseSettings.from(Settings.load(Map.of(), environment, null, Optional.empty()))
                        .password())
                .isEqualTo(password);
    }

    @Test
    void two_passwords_from_the_same_place_exclude_each_other() throws IOException {
        var environment = Map.of(
                "BACKFLEET_DATABASE_URL", "postgresql://u@h/d",
                "BACKFLEET_DATABASE_PASSWORD", "hidden",
                "BACKFLEET_DATABASE_PASSWORD_FILE", passwordFile("p").toString());

        assertThatThrownBy(() -> DatabaseSettings.from(Settings.load(Map.of(), environment, null, Optional.empty())))
                .isExactlyInstanceOf(SettingsException.class)
                .hasMessage("environment variable BACKFLEET_DATABASE_PASSWORD_FILE: the password is given twice, also"
                        + " by environment variable BACKFLEET_DATABASE_PASSWORD: remove one of them");
    }

    @Test
    void of_two_passwords_the_one_with_higher_precedence_is_used() throws IOException {
        Map<Setting<?>, String> flags = Map.of(
                SettingCatalogue.DATABASE_PASSWORD_FILE,
                passwordFile("stronger").toString());
        var environment =
                Map.of("BACKFLEET_DATABASE_URL", "postgresql://u@h/d", "BACKFLEET_DATABASE_PASSWORD", "weaker");

        assertThat(DatabaseSettings.from(Settings.load(flags, environment, null, Optional.empty()))
                        .password())
                .isEqualTo("stronger");
    }

    private Path passwordFile(String content) throws IOException {
        return Files.writeString(directory.resolve("password"), content);
    }
}
