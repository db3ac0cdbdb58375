package dev.backfleet.common.settings.typed;

import dev.backfleet.common.settings.LogFormat;
import dev.backfleet.common.settings.LogLevel;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;

/**
 * What a service logs.
 *
 * @param format what the lines look like
 * @param level the least level that is logged
 */
public record LogSettings(LogFormat format, LogLevel level) {

    /** What the settings say. */
    public static LogSettings from(Settings settings) {
        return new LogSettings(settings.get(SettingCatalogue.LOG_FORMAT), settings.get(SettingCatalogue.LOG_LEVEL));
    }
}
