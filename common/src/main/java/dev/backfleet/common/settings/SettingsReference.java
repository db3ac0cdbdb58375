package dev.backfleet.common.settings;

import java.util.Locale;
import java.util.stream.Collectors;

/** Generates the settings page from the definitions. */
public final class SettingsReference {

    private static final String HEAD = """
            # Settings

            <!-- Made from SettingCatalogue by: mvn -pl common -am test -Dbackfleet.regenerate=true -->

            Each setting can be given in five ways, in order of precedence:

            1. a flag of the command: `--database-url URL`
            2. a line of the file that `--settings FILE` names: `BACKFLEET_DATABASE_URL=URL`
            3. the context, a named set of settings: `--context NAME`, see below
            4. an environment variable: `BACKFLEET_DATABASE_URL=URL`
            5. a line of the file that the environment variable `BACKFLEET_SETTINGS` names; it is not read with `--settings` or a
               context

            So a command whose file or context names another fleet than the environment acts on that of the file or context; it warns
            if the database then comes from the one and Kafka from the other. Everything after the first `=` is the value;
            blanks at its ends are removed, and quotes around it are refused, except in secrets. Lines that start with `#` are ignored. An unknown `BACKFLEET_` name is an error in the
            file and a warning in the environment. Names of other programs are ignored. An empty environment variable counts as not
            set. File names are relative to the directory in which the command is called.

            ## Contexts

            `~/.config/backfleet/contexts.yaml` (`$XDG_CONFIG_HOME/backfleet/contexts.yaml` if that variable is set) has a name for each
            fleet that a person works with:

            ```yaml
            default: staging
            contexts:
              staging:
                settings: staging.env                 # a settings file; relative to the directory of this file, or ~/…
              production:
                BACKFLEET_DATABASE_URL: postgresql://operator@db.example.com/app
                BACKFLEET_DATABASE_PASSWORD_FILE: /home/ann/.config/backfleet/production.password
                BACKFLEET_KAFKA_BOOTSTRAP_SERVERS: kafka.example.com:9092
            ```

            A context has any settings, `settings`, or both; its own take precedence over those of its file. Which context a command uses:

            1. that of `--context NAME`
            2. with `--settings` none; without it, that of the environment variable `BACKFLEET_CONTEXT`
            3. the `default` context, if nothing else names a fleet: neither `BACKFLEET_SETTINGS` nor `BACKFLEET_DATABASE_URL`,
               `BACKFLEET_KAFKA_BOOTSTRAP_SERVERS` or `BACKFLEET_KAFKA_PROPERTIES` (environment variable or flag) is set
            4. otherwise none

            `backfleet contexts` lists them, without passwords, and marks the one that is used. A file with a password that every user of
            the machine can read causes a warning.

            ## Users and passwords

            A user and password inside the URL are removed from it before it is printed. A separate user or password setting overrides
            the URL's if it has the same or a higher precedence. The password and the password file exclude each other, unless one of
            them has a higher precedence.

            Three more environment variables belong to the launcher: `BACKFLEET_JAVA_OPTIONS` (JVM options, replacing the launcher's own),
            and `BACKFLEET_TERMINAL` (columns x rows of the terminal) and `BACKFLEET_INPUT` (`terminal` if a person can answer a
            question), which the launcher sets itself.
            """;

    private SettingsReference() {}

    public static String page() {
        return SettingCatalogue.all().stream()
                .map(SettingsReference::section)
                .collect(Collectors.joining("", HEAD, ""));
    }

    private static String withoutDefault(Setting<?> setting) {
        return setting.sentence().toLowerCase(Locale.ROOT).contains("default:") ? "see above" : "none";
    }

    private static String section(Setting<?> setting) {
        var flags = setting.shortFlag() == null ? "" : ", `" + setting.shortFlag() + "`";
        var fallback = setting.defaultText() == null ? withoutDefault(setting) : "`" + setting.defaultText() + "`";
        var users = setting.usedBy().stream().map(Part::words).collect(Collectors.joining(", "));
        return """

            ## %s

            %s

            - flag: `%s`%s
            - value: %s%s
            - default: %s
            - used by: %s
            """.formatted(
                        setting.name(),
                        setting.sentence(),
                        setting.flag(),
                        flags,
                        setting.type().expected(),
                        setting.secret() ? "; never printed" : "",
                        fallback,
                        users);
    }
}
