package dev.backfleet.common.settings;

import java.util.stream.Collectors;

/** Generates the settings page from the definitions. */
public final class SettingsReference {

    private static final String HEAD = """
            # Settings

            <!-- Made from SettingCatalogue by: mvn -pl common -am test -Dbackfleet.regenerate=true -->

            Each setting can be given in four ways, in order of precedence:

            1. a flag of the command: `--database-url URL`
            2. a line of the file that `--settings FILE` names: `BACKFLEET_DATABASE_URL=URL`
            3. an environment variable: `BACKFLEET_DATABASE_URL=URL`
            4. a line of the file that the environment variable `BACKFLEET_SETTINGS` names; it is not read with `--settings`

            So a command whose file names another fleet than the environment acts on that of the file. Everything after the first `=` is the value, without quoting;
            blanks at its ends are removed. Lines that start with `#` are ignored. An unknown `BACKFLEET_` name is an error in the
            file and a warning in the environment. Names of other programs are ignored. An empty environment variable counts as not
            set. File names are relative to the directory in which the command is called.

            A user and password inside the URL are removed from it before it is printed. A separate user or password setting overrides
            the URL's if it has the same or a higher precedence. The password and the password file exclude each other, unless one of
            them has a higher precedence.

            Two more environment variables belong to the launcher: `BACKFLEET_JAVA_OPTIONS` (JVM options, replacing the launcher's own)
            and `BACKFLEET_TERMINAL` (columns x rows of the terminal, which the launcher sets itself).
            """;

    private SettingsReference() {}

    public static String page() {
        return SettingCatalogue.all().stream()
                .map(SettingsReference::section)
                .collect(Collectors.joining("", HEAD, ""));
    }

    private static String section(Setting<?> setting) {
        var flags = setting.shortFlag() == null ? "" : ", `" + setting.shortFlag() + "`";
        var fallback = setting.defaultText() == null ? "none" : "`" + setting.defaultText() + "`";
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
