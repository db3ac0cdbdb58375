package dev.backfleet.common.settings;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The values that count: a flag before an environment variable before a line of the file. */
public final class Settings {

    private final Map<Setting<?>, SettingValue> values;
    private final List<String> warnings;

    private Settings(Map<Setting<?>, SettingValue> values, List<String> warnings) {
        this.values = Map.copyOf(values);
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Gathers all values. They are checked when they are asked for, so that nobody is bothered by what is not used.
     *
     * @param flags what the command line says
     * @param environment the process's environment
     * @param file what {@code --settings} says; without it {@code BACKFLEET_SETTINGS} counts
     * @throws SettingsException if the file cannot be read or names an unknown setting
     */
    public static Settings load(Map<Setting<?>, String> flags, Map<String, String> environment, @Nullable Path file) {
        var values = new HashMap<Setting<?>, SettingValue>();
        var named = file != null ? file : fileOf(environment);
        if (named != null) {
            values.putAll(SettingsFile.read(named));
        }
        SettingCatalogue.all().forEach(setting -> fromEnvironment(setting, environment, values));
        flags.forEach((setting, text) ->
                values.put(setting, new SettingValue(text, SettingValue.Source.FLAG, "flag " + setting.flag())));
        return new Settings(values, unknown(environment));
    }

    /** Names in the environment that look like settings and are none, one sentence each. */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * The value of a setting, or its default; nothing if it has neither.
     *
     * @throws SettingsException if it is not a good value
     */
    public <T> Optional<T> find(Setting<T> setting) {
        var value = values.get(setting);
        if (value != null) {
            return Optional.of(read(setting, value));
        }
        return Optional.ofNullable(setting.defaultText()).map(setting.type().parser());
    }

    /**
     * The value of a setting that must have one.
     *
     * @throws SettingsException if it has none, or not a good one
     */
    public <T> T get(Setting<T> setting) {
        return find(setting)
                .orElseThrow(() -> new SettingsException("%s is not set: give %s, or set %s to %s"
                        .formatted(
                                setting.name(),
                                setting.flag(),
                                setting.name(),
                                setting.type().expected())));
    }

    /** The source of a setting that somebody set. */
    public Optional<SettingValue> given(Setting<?> setting) {
        return Optional.ofNullable(values.get(setting));
    }

    private static <T> T read(Setting<T> setting, SettingValue value) {
        try {
            return setting.type().parser().apply(value.text());
        } catch (RuntimeException e) {
            // The cause is left out: what it says of the value may be what must not be shown.
            throw new SettingsException("%s: %s is not %s"
                    .formatted(
                            value.origin(),
                            shown(setting, value),
                            setting.type().expected()));
        }
    }

    /** A URL that cannot be read may hold a password anywhere. */
    private static String shown(Setting<?> setting, SettingValue value) {
        var hidden = setting.secret() || setting.equals(SettingCatalogue.DATABASE_URL);
        return hidden ? "the value (not shown)" : "\"" + value.text() + "\"";
    }

    private static void fromEnvironment(
            Setting<?> setting, Map<String, String> environment, Map<Setting<?>, SettingValue> values) {
        var text = environment.get(setting.name());
        // Compose files pass on variables that are not set as empty ones.
        if (text != null && !text.isEmpty()) {
            var origin = "environment variable " + setting.name();
            values.put(setting, new SettingValue(text, SettingValue.Source.ENVIRONMENT, origin));
        }
    }

    private static @Nullable Path fileOf(Map<String, String> environment) {
        var named = environment.get(KnownNames.SETTINGS_FILE);
        return named == null || named.isEmpty() ? null : Path.of(named);
    }

    private static List<String> unknown(Map<String, String> environment) {
        return environment.keySet().stream()
                .filter(name -> name.startsWith(Setting.PREFIX) && !KnownNames.contains(name))
                .sorted()
                .map(name -> "environment variable " + KnownNames.unknown(name))
                .toList();
    }
}
