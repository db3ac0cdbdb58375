package dev.backfleet.common.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.embedded.SharedServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A password that is replaced in its file is used by the next connection. */
@Tag("server")
class RotatedPasswordTest {
    private final String url = SharedServers.freshDatabase();

    @TempDir
    Path folder;

    @Test
    void a_password_that_is_rotated_in_its_file_is_used_for_the_next_connection() throws Exception {
        run("create role rotated login password 'one'");
        requirePassword();
        var file = folder.resolve("password");
        Files.writeString(file, "one\n");
        var settings = Settings.load(
                Map.of(
                        SettingCatalogue.DATABASE_URL,
                        url,
                        SettingCatalogue.DATABASE_USER,
                        "rotated",
                        SettingCatalogue.DATABASE_PASSWORD_FILE,
                        file.toString()),
                Map.of(),
                null,
                Optional.empty());
        var source = SessionSource.of(DatabaseSettings.from(settings), "test");
        source.getConnection().close();

        run("alter role rotated password 'two'");
        assertThatThrownBy(source::getConnection)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
        Files.writeString(file, "two\n");
        source.getConnection().close();

        Files.delete(file);
        assertThatThrownBy(source::getConnection)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("password file");
    }

    private void requirePassword() throws Exception {
        var rules = Path.of(ask("show hba_file"));
        Files.writeString(rules, "host all rotated all scram-sha-256\n" + Files.readString(rules));
        var loaded = ask("select pg_conf_load_time()");
        run("select pg_reload_conf()");
        await().until(() -> !ask("select pg_conf_load_time()").equals(loaded));
    }

    private void run(String sql) throws SQLException {
        try (var server = DriverManager.getConnection(url);
                var statement = server.createStatement()) {
            statement.execute(sql);
        }
    }

    private String ask(String sql) throws SQLException {
        try (var server = DriverManager.getConnection(url);
                var statement = server.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }
}
