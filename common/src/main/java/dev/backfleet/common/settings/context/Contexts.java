package dev.backfleet.common.settings.context;

import dev.backfleet.common.settings.Setting;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.SettingsContext;
import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.common.unit.NearestName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The contexts of a user, and which of them a command uses. */
public final class Contexts {

    /** The variable that names a context. */
    public static final String VARIABLE = Setting.PREFIX + "CONTEXT";

    private static final String SETTINGS_FILE = Setting.PREFIX + "SETTINGS";

    /** Whoever gives one of these has named a fleet: the default context does not apply then. */
    private static final Set<Setting<?>> NAME_A_FLEET = Set.of(
            SettingCatalogue.DATABASE_URL, SettingCatalogue.KAFKA_BOOTSTRAP_SERVERS, SettingCatalogue.KAFKA_PROPERTIES);

    private final ContextsFile file;

    private Contexts(ContextsFile file) {
        this.file = file;
    }

    /**
     * The contexts of the user whose environment this is; none without a file.
     *
     * @throws SettingsException if the file cannot be read
     */
    public static Contexts of(Map<String, String> environment) {
        var path = path(environment);
        return new Contexts(
                path == null || !Files.exists(path)
                        ? ContextsFile.missing(path)
                        : ContextsFile.read(path, environment));
    }

    /**
     * The context that a command uses: the one of {@code --context}; without it, and without {@code --settings}, the one of
     * {@code BACKFLEET_CONTEXT}; the default context if nothing else names a fleet.
     *
     * @param named the context that the command line names
     * @param flags the settings that were given as flags
     * @param settings the file that {@code --settings} names
     * @throws SettingsException if there is no such context, or its file is wrong
     */
    public static Optional<SettingsContext> choose(
            @Nullable String named, Set<Setting<?>> flags, Map<String, String> environment, @Nullable Path settings) {
        if (named != null) {
            return Optional.of(of(environment).named(named, "--context"));
        }
        if (settings != null) {
            return Optional.empty();
        }
        var inEnvironment = environment.getOrDefault(VARIABLE, "");
        if (!inEnvironment.isEmpty()) {
            return Optional.of(of(environment).named(inEnvironment, "environment variable " + VARIABLE));
        }
        if (flags.stream().anyMatch(NAME_A_FLEET::contains) || namesAFleet(environment)) {
            return Optional.empty();
        }
        var contexts = of(environment);
        return contexts.byDefault().map(contexts::named);
    }

    /** The names of all contexts, in the order of the file. */
    public List<String> names() {
        return file.names();
    }

    /** The context that applies if nothing else names a fleet. */
    public Optional<String> byDefault() {
        return Optional.ofNullable(file.byDefault());
    }

    /** The file, whether it exists or not; empty if the environment names no home directory. */
    public Optional<Path> file() {
        return Optional.ofNullable(file.path());
    }

    /**
     * A context of the file.
     *
     * @throws SettingsException if its own settings file is wrong
     */
    public SettingsContext named(String name) {
        return file.context(name);
    }

    private SettingsContext named(String name, String origin) {
        if (names().contains(name)) {
            return named(name);
        }
        throw new SettingsException(origin + ": there is no context " + name + "; " + known(name));
    }

    private String known(String name) {
        var where = file.path();
        if (where == null) {
            return "neither HOME nor XDG_CONFIG_HOME is set, so that no file with contexts is known";
        }
        if (names().isEmpty()) {
            return where + (Files.exists(where) ? " has none" : " does not exist") + ": write it there";
        }
        return where + " has " + String.join(", ", names())
                + NearestName.of(name, names())
                        .map(near -> "; did you mean " + near + "?")
                        .orElse("");
    }

    private static boolean namesAFleet(Map<String, String> environment) {
        return Stream.concat(Stream.of(SETTINGS_FILE), NAME_A_FLEET.stream().map(Setting::name))
                .anyMatch(name -> !environment.getOrDefault(name, "").isEmpty());
    }

    private static @Nullable Path path(Map<String, String> environment) {
        var configured = environment.getOrDefault("XDG_CONFIG_HOME", "");
        // A relative path there is to be ignored, as the XDG base directory specification says.
        if (configured.startsWith("/")) {
            return Path.of(configured, "backfleet", "contexts.yaml");
        }
        var home = environment.getOrDefault("HOME", "");
        return home.isEmpty() ? null : Path.of(home, ".config", "backfleet", "contexts.yaml");
    }
}
