package dev.backfleet.common.settings.typed;

import static dev.backfleet.common.settings.SettingCatalogue.DATABASE_PASSWORD;
import static dev.backfleet.common.settings.SettingCatalogue.DATABASE_PASSWORD_FILE;
import static dev.backfleet.common.settings.SettingCatalogue.DATABASE_URL;
import static dev.backfleet.common.settings.SettingCatalogue.DATABASE_USER;

import dev.backfleet.common.settings.DatabaseUrl;
import dev.backfleet.common.settings.Setting;
import dev.backfleet.common.settings.SettingValue;
import dev.backfleet.common.settings.SettingValue.Source;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The connection to the database.
 *
 * @param url a JDBC URL without user and password: it may be printed
 * @param user the user to connect as; null: the operating system's user
 * @param password the user's password
 * @param passwordFile the password's file, if any: it is read again for each connection, since a password may be
 *     rotated
 * @param driverSecrets further properties for the driver that must not be printed
 */
public record DatabaseSettings(
        String url,
        @Nullable String user,
        @Nullable String password,
        @Nullable Path passwordFile,
        Map<String, String> driverSecrets) {

    public DatabaseSettings {
        driverSecrets = Map.copyOf(driverSecrets);
    }

    /** Settings for a URL in any of the forms of {@code BACKFLEET_DATABASE_URL}, for tests and embedded databases. */
    public static DatabaseSettings ofUrl(String url) {
        return of(DatabaseUrl.parse(url), null, null, null);
    }

    /**
     * Reads the settings. A separate user or password overrides the one in the URL, unless the URL was given with
     * higher precedence.
     */
    public static DatabaseSettings from(Settings settings) {
        if (settings.given(DATABASE_URL).isEmpty()) {
            throw new SettingsException("no database is named: set BACKFLEET_DATABASE_URL, or give --database-url,"
                    + " such as postgresql://user@host:5432/database, --settings FILE or --context NAME");
        }
        var url = settings.get(DATABASE_URL);
        var user = url.user() != null && urlIsStronger(settings, DATABASE_USER)
                ? null
                : settings.find(DATABASE_USER).orElse(null);
        var inUrl = url.secrets().containsKey("password");
        var kept = passwordSetting(settings);
        var password = inUrl && urlIsStronger(settings, kept) ? null : password(settings, kept);
        var file = kept.equals(DATABASE_PASSWORD_FILE) && password != null
                ? settings.find(DATABASE_PASSWORD_FILE).orElse(null)
                : null;
        return of(url, user, password, file);
    }

    /**
     * The driver's properties beside the URL, with the password that its file contains now. Parameters of the URL take
     * precedence.
     *
     * @throws SettingsException if the password's file cannot be read
     */
    public Properties driverProperties() {
        var properties = new Properties();
        // A wrong address must be reported within 10 s; the driver's default is longer.
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("loginTimeout", "8");
        properties.setProperty("tcpKeepAlive", "true");
        properties.putAll(driverSecrets);
        if (user != null) {
            properties.setProperty("user", user);
        }
        var now = passwordFile == null ? password : readPassword(passwordFile);
        if (now != null) {
            properties.setProperty("password", now);
        }
        return properties;
    }

    /** The same user and secrets on another server, such as a standby, which has the roles of its primary. */
    public DatabaseSettings at(String url) {
        return new DatabaseSettings(url, user, password, passwordFile, driverSecrets);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "DatabaseSettings[url=" + url + ", user=" + user + "]";
    }

    private static DatabaseSettings of(
            DatabaseUrl url, @Nullable String user, @Nullable String password, @Nullable Path passwordFile) {
        var secrets = new TreeMap<>(url.secrets());
        var inUrl = secrets.remove("password");
        return new DatabaseSettings(
                url.jdbc(),
                user != null ? user : url.user(),
                password != null ? password : inUrl,
                passwordFile,
                secrets);
    }

    private static boolean urlIsStronger(Settings settings, Setting<?> than) {
        return source(settings, DATABASE_URL).compareTo(source(settings, than)) < 0;
    }

    /** The password setting that applies: the one that was given with higher precedence. */
    private static Setting<?> passwordSetting(Settings settings) {
        var direct = settings.given(DATABASE_PASSWORD);
        var file = settings.given(DATABASE_PASSWORD_FILE);
        if (direct.isEmpty() || file.isEmpty()) {
            return file.isPresent() ? DATABASE_PASSWORD_FILE : DATABASE_PASSWORD;
        }
        var order = direct.get().source().compareTo(file.get().source());
        if (order == 0) {
            throw new SettingsException("%s: the password is given twice, also by %s: remove one of them"
                    .formatted(file.get().origin(), direct.get().origin()));
        }
        return order < 0 ? DATABASE_PASSWORD : DATABASE_PASSWORD_FILE;
    }

    private static @Nullable String password(Settings settings, Setting<?> kept) {
        return kept.equals(DATABASE_PASSWORD)
                ? settings.find(DATABASE_PASSWORD).orElse(null)
                : settings.find(DATABASE_PASSWORD_FILE)
                        .map(DatabaseSettings::readPassword)
                        .orElse(null);
    }

    private static String readPassword(Path file) {
        try {
            return Files.readString(file).replaceFirst("\\R\\z", "");
        } catch (IOException e) {
            throw new SettingsException("the password file " + file + " cannot be read: check that it is UTF-8 text");
        }
    }

    private static Source source(Settings settings, Setting<?> setting) {
        return settings.given(setting).map(SettingValue::source).orElse(Source.FILE);
    }
}
