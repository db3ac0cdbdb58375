package dev.backfleet.common.settings.typed;

import dev.backfleet.common.settings.LogFormat;
import dev.backfleet.common.settings.LogLevel;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;

/**
 * The log settings of a service.
 *
 * @param format the format of the lines
 * @param level the lowest level that is logged
 */
public record LogSettings(LogFormat format, LogLevel level) {

    public static LogSettings from(Settings settings) {
        return new LogSettings(settings.get(SettingCatalogue.LOG_FORMAT), settings.get(SettingCatalogue.LOG_LEVEL));
    }
}
