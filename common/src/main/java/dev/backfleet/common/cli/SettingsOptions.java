package dev.backfleet.common.cli;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.settings.Setting;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.context.Contexts;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The flags of a command that reads settings, as a mixin: {@code @Mixin final SettingsOptions options =
 * SettingsOptions.of(Part.COMMAND_LINE)}. The flags are made from the settings' definitions.
 */
@Command // Otherwise picocli sees no mixin in a class without options of its own.
public final class SettingsOptions {

    private final Part part;
    private final Map<Setting<?>, String> flags = new HashMap<>();
    private Map<String, String> environment = Map.of();
    private Supplier<PrintWriter> err = () -> new PrintWriter(Writer.nullWriter());
    private @Nullable Path file;
    private @Nullable String context;
    private @Nullable Settings loaded;

    private SettingsOptions(Part part) {
        this.part = part;
    }

    /** The flags for the settings that a part reads. */
    public static SettingsOptions of(Part part) {
        return new SettingsOptions(part);
    }

    /**
     * The settings from flags, file, context and environment.
     *
     * @throws dev.backfleet.common.settings.SettingsException if the file is wrong, or there is no such context
     */
    public Settings settings() {
        var settings = loaded;
        if (settings == null) {
            settings = Settings.load(
                    flags, environment, file, Contexts.choose(context, flags.keySet(), environment, file));
            loaded = settings;
        }
        return settings;
    }

    /** The command's environment variables. */
    public Map<String, String> environment() {
        return environment;
    }

    /**
     * How long the command waits for the schema and topics that a coordinator creates; progress goes to standard error.
     */
    public StartWait startWait() {
        return new StartWait(
                settings().get(SettingCatalogue.START_TIMEOUT), this::tell, Ticker.system(), Sleeper.system());
    }

    /** Prints a line about the command to standard error. */
    public void tell(String line) {
        err.get().println("backfleet: " + line);
        err.get().flush();
    }

    /** The settings, if the command has loaded them. */
    public Optional<Settings> loaded() {
        return Optional.ofNullable(loaded);
    }

    /** Adds the flags to a command. */
    void install(CommandSpec command, Map<String, String> from) {
        environment = Map.copyOf(from);
        err = () -> command.commandLine().getErr();
        var common = SettingCatalogue.of(Part.COMMAND_LINE);
        var special = SettingCatalogue.of(part).stream()
                .filter(setting -> !common.contains(setting))
                .toList();
        var order = 10;
        if (!special.isEmpty()) {
            command.addArgGroup(group("%nSettings of the " + part.words() + ":%n", order, special));
        }
        var connection = group(
                "%nConnection (each flag can be an environment variable: BACKFLEET_DATABASE_URL for --database-url):%n",
                order + 1, common, fileOption(), contextOption());
        command.addArgGroup(connection);
    }

    private ArgGroupSpec group(String heading, int order, List<Setting<?>> settings, OptionSpec... more) {
        var group = ArgGroupSpec.builder()
                .heading(heading)
                .order(order)
                .validate(false)
                .exclusive(false);
        settings.forEach(setting -> group.addArg(option(setting)));
        for (var option : more) {
            group.addArg(option);
        }
        return group.build();
    }

    private OptionSpec option(Setting<?> setting) {
        var names = setting.shortFlag() == null
                ? new String[] {setting.flag()}
                : new String[] {setting.flag(), setting.shortFlag()};
        var fallback = setting.defaultText() == null ? "" : " Default: " + setting.defaultText() + ".";
        return OptionSpec.builder(names)
                .paramLabel(label(setting.type().label()))
                .type(String.class)
                .description(escaped(setting.sentence() + fallback))
                .setter(new Remembering<String>(value -> put(setting, value)))
                .build();
    }

    private OptionSpec fileOption() {
        return OptionSpec.builder("--settings")
                .paramLabel("FILE")
                .type(Path.class)
                .description(
                        "A file of NAME=value lines with settings. It takes precedence over environment variables, a flag over it.")
                .setter(new Remembering<Path>(value -> {
                    file = value;
                    loaded = null;
                }))
                .build();
    }

    private OptionSpec contextOption() {
        return OptionSpec.builder("--context")
                .paramLabel("NAME")
                .type(String.class)
                .description(
                        "A named set of settings ('backfleet contexts' lists them). It takes precedence over environment variables, --settings and flags over it. Default: BACKFLEET_CONTEXT.")
                .setter(new Remembering<String>(value -> {
                    context = value;
                    loaded = null;
                }))
                .build();
    }

    private void put(Setting<?> setting, @Nullable String value) {
        loaded = null;
        if (value == null) {
            flags.remove(setting);
        } else {
            flags.put(setting, value);
        }
    }

    /** A list of choices is shown as it is written; any other label as the name of a value. */
    private static String label(String label) {
        return label.contains("|") ? label : label.toUpperCase(Locale.ROOT);
    }

    /** Percent signs are format specifiers in picocli's descriptions. */
    private static String escaped(String sentence) {
        return sentence.replace("%", "%%");
    }
}
