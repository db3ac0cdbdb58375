package dev.backfleet.common.settings.typed;

import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.SettingsException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The user as whom a coordinator runs the queries of specs: {@code throttle.sql} and {@code throttle.probe}.
 *
 * @param name its name
 * @param passwordFile the file with its password, read again for each connection; null: it needs none
 */
public record QueryUser(String name, @Nullable Path passwordFile) {

    /**
     * What the settings say.
     *
     * @return nothing: queries run as the coordinator's user
     * @throws SettingsException if there is a password without a user
     */
    public static Optional<QueryUser> from(Settings settings) {
        var file = settings.find(SettingCatalogue.THROTTLE_DATABASE_PASSWORD_FILE);
        var name = settings.find(SettingCatalogue.THROTTLE_DATABASE_USER);
        if (name.isEmpty() && file.isPresent()) {
            throw new SettingsException("BACKFLEET_THROTTLE_DATABASE_PASSWORD_FILE is set, and"
                    + " BACKFLEET_THROTTLE_DATABASE_USER is not: set it, or leave out the file");
        }
        return name.map(user -> new QueryUser(user, file.orElse(null)));
    }

    /** The connection of this user to the same database. */
    public DatabaseSettings on(DatabaseSettings database) {
        return new DatabaseSettings(database.url(), name, null, passwordFile, database.driverSecrets());
    }
}
