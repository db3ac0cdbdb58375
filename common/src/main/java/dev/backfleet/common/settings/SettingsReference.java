package dev.backfleet.common.settings;

import java.util.stream.Collectors;

/** The settings page of the documents, made from the definitions. */
public final class SettingsReference {

    private static final String HEAD = """
            # Settings

            <!-- Made from SettingCatalogue by: mvn -pl common -am test -Dbackfleet.regenerate=true -->

            Each setting can be given in three ways. The first that has it counts:

            1. a flag of the command: `--database-url URL`
            2. an environment variable: `BACKFLEET_DATABASE_URL=URL`
            3. a line of the settings file: `BACKFLEET_DATABASE_URL=URL`

            `--settings FILE` or `BACKFLEET_SETTINGS` names the file. Everything after the first `=` is the value, as it
            stands, without blanks at its ends and without quotes; lines that start with `#` say nothing. An unknown
            `BACKFLEET_` name in the file is an error, in the environment a warning. Names of other programs are passed
            over. An environment variable that is set to nothing counts as not set. File names are relative to the
            directory in which the command is called.

            A user and password inside the URL are taken out of it before it is printed anywhere. A user or password
            setting of its own counts before the URL's, unless the URL came by a stronger way. The password and the
            password file exclude each other, unless one of them came by a stronger way.

            Two more environment variables belong to the launcher: `BACKFLEET_JAVA_OPTIONS` (options for the Java machine
            in place of its own) and `BACKFLEET_TERMINAL` (columns x rows of the screen, which it sets by itself).
            """;

    private SettingsReference() {}

    /** The page, as Markdown. */
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
