package dev.backfleet.common.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The effective values. Precedence: flag, the file that {@code --settings} names, context, environment variable, the file that
 * the environment names.
 */
public final class Settings {

    private final Map<Setting<?>, SettingValue> values;
    private final Optional<String> context;
    private final List<String> warnings;

    private Settings(Map<Setting<?>, SettingValue> values, Optional<String> context, List<String> warnings) {
        this.values = Map.copyOf(values);
        this.context = context;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Loads all values. A value is checked when it is first used, so that an invalid value of an unused setting does no
     * harm.
     *
     * @param flags the flags of the command line
     * @param environment the process's environment
     * @param file the file that {@code --settings} names; without it and without a context, {@code BACKFLEET_SETTINGS} applies
     * @param context the context that applies, if any
     * @throws SettingsException if the file cannot be read or names an unknown setting
     */
    public static Settings load(
            Map<Setting<?>, String> flags,
            Map<String, String> environment,
            @Nullable Path file,
            Optional<SettingsContext> context) {
        var values = new HashMap<Setting<?>, SettingValue>();
        var byEnvironment = fileOf(environment);
        if (file == null && context.isEmpty() && byEnvironment != null) {
            values.putAll(SettingsFile.read(byEnvironment, SettingValue.Source.FILE));
        }
        SettingCatalogue.all().forEach(setting -> fromEnvironment(setting, environment, values));
        context.ifPresent(named -> values.putAll(named.values()));
        if (file != null) {
            values.putAll(SettingsFile.read(file, SettingValue.Source.NAMED_FILE));
        }
        flags.forEach((setting, text) ->
                values.put(setting, new SettingValue(text, SettingValue.Source.FLAG, "flag " + setting.flag())));
        var warnings = new ArrayList<>(unknown(environment));
        context.ifPresent(named -> warnings.addAll(named.warnings()));
        mixed(values).ifPresent(warnings::add);
        return new Settings(values, context.map(SettingsContext::name), warnings);
    }

    /** The name of the context that gave values, if there is one. */
    public Optional<String> context() {
        return context;
    }

    /**
     * One sentence for each environment variable that looks like a setting but is unknown, and for what else a person should
     * know before a command acts.
     */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * The value of a setting, or its default; empty if it has neither.
     *
     * @throws SettingsException if the value is invalid
     */
    public <T> Optional<T> find(Setting<T> setting) {
        var value = values.get(setting);
        if (value != null) {
            return Optional.of(read(setting, value));
        }
        return Optional.ofNullable(setting.defaultText()).map(setting.type().parser());
    }

    /**
     * The value of a required setting.
     *
     * @throws SettingsException if the value is missing or invalid
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

    /** Where a setting was given; empty if only its default applies. */
    public Optional<SettingValue> given(Setting<?> setting) {
        return Optional.ofNullable(values.get(setting));
    }

    private static <T> T read(Setting<T> setting, SettingValue value) {
        try {
            return setting.type().parser().apply(value.text());
        } catch (RuntimeException e) {
            // The cause is left out: its message may contain the value, which may be secret.
            throw new SettingsException("%s: %s is not %s"
                    .formatted(
                            value.origin(),
                            shown(setting, value),
                            setting.type().expected()));
        }
    }

    /** A URL that cannot be parsed may contain a password anywhere. */
    private static String shown(Setting<?> setting, SettingValue value) {
        var hidden = setting.secret() || setting.equals(SettingCatalogue.DATABASE_URL);
        return hidden ? "the value (not shown)" : "\"" + value.text() + "\"";
    }

    private static void fromEnvironment(
            Setting<?> setting, Map<String, String> environment, Map<Setting<?>, SettingValue> values) {
        var text = environment.get(setting.name());
        // Compose files pass unset variables on as empty ones.
        if (text != null && !text.isEmpty()) {
            var origin = "environment variable " + setting.name();
            values.put(setting, new SettingValue(text, SettingValue.Source.ENVIRONMENT, origin));
        }
    }

    private static @Nullable Path fileOf(Map<String, String> environment) {
        var named = environment.get(KnownNames.SETTINGS_FILE);
        return named == null || named.isEmpty() ? null : Path.of(named);
    }

    // The database of one fleet and the Kafka of another: a pause would stop the other one's workers.
    private static Optional<String> mixed(Map<Setting<?>, SettingValue> values) {
        var database = values.get(SettingCatalogue.DATABASE_URL);
        var kafka = values.get(SettingCatalogue.KAFKA_BOOTSTRAP_SERVERS);
        if (database == null || kafka == null) {
            return Optional.empty();
        }
        var named = Set.of(SettingValue.Source.NAMED_FILE, SettingValue.Source.CONTEXT);
        var behind = EnumSet.of(SettingValue.Source.ENVIRONMENT, SettingValue.Source.FILE);
        var oneIsLeftOut = (named.contains(database.source()) && behind.contains(kafka.source()))
                || (named.contains(kafka.source()) && behind.contains(database.source()));
        return oneIsLeftOut
                ? Optional.of("the database and Kafka are named in different places (" + database.origin() + "; "
                        + kafka.origin() + "): check that they belong to the same fleet")
                : Optional.empty();
    }

    private static List<String> unknown(Map<String, String> environment) {
        return environment.keySet().stream()
                .filter(name -> name.startsWith(Setting.PREFIX) && !KnownNames.contains(name))
                .sorted()
                .map(name -> "environment variable " + KnownNames.unknown(name))
                .toList();
    }
}
