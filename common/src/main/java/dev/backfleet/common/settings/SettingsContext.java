package dev.backfleet.common.settings;

import java.util.List;
import java.util.Map;

/**
 * A named set of settings, such as those of one fleet.
 *
 * @param name its name
 * @param values the settings that it gives
 * @param warnings what a person should know about it, one sentence each
 */
public record SettingsContext(String name, Map<Setting<?>, SettingValue> values, List<String> warnings) {
    public SettingsContext {
        values = Map.copyOf(values);
        warnings = List.copyOf(warnings);
    }
}
