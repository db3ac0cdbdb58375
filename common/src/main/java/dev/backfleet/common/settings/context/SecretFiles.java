package dev.backfleet.common.settings.context;

import dev.backfleet.common.settings.DatabaseUrl;
import dev.backfleet.common.settings.Setting;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.SettingValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Optional;

/** Finds files with a password that every user of the machine can read. */
final class SecretFiles {
    private SecretFiles() {}

    /** The warning, if the file has a password and everybody can read it. */
    static Optional<String> warning(Path file, Map<Setting<?>, SettingValue> values) {
        var secret = values.entrySet().stream().anyMatch(entry -> isSecret(entry.getKey(), entry.getValue()));
        return secret && isPublic(file)
                ? Optional.of(file + " has a password and can be read by every user of this machine: run chmod 600 "
                        + file + ", or name the password's file with BACKFLEET_DATABASE_PASSWORD_FILE")
                : Optional.empty();
    }

    private static boolean isSecret(Setting<?> setting, SettingValue value) {
        if (!setting.equals(SettingCatalogue.DATABASE_URL)) {
            return setting.secret();
        }
        try {
            return !DatabaseUrl.parse(value.text()).secrets().isEmpty();
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    private static boolean isPublic(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
