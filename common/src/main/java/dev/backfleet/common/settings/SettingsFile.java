package dev.backfleet.common.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A file of {@code NAME=value} lines. Everything after the first {@code =} is the value, without quoting; blanks at its
 * ends are removed. Lines that start with {@code #} and blank lines are ignored, and so are names of other programs, so
 * that the file can serve as a container's environment file.
 */
public final class SettingsFile {

    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|'[^']*'");
    private static final Pattern EXPORTED = Pattern.compile("export\\s+" + Setting.PREFIX + ".*");

    private SettingsFile() {}

    /** The text of a file with these values, in the order of the catalogue. */
    public static String render(Map<Setting<?>, String> values) {
        return SettingCatalogue.all().stream()
                .filter(values::containsKey)
                .map(setting -> setting.name() + "=" + values.get(setting) + "\n")
                .collect(Collectors.joining());
    }

    /**
     * Reads a file.
     *
     * @param source what its values count as
     * @throws SettingsException if it cannot be read or names an unknown setting
     */
    public static Map<Setting<?>, SettingValue> read(Path file, SettingValue.Source source) {
        var values = new HashMap<Setting<?>, SettingValue>();
        var number = 0;
        for (var line : lines(file)) {
            number++;
            var text = line.strip();
            if (!text.isEmpty() && !text.startsWith("#")) {
                readLine(text, file + ":" + number, source, values);
            }
        }
        return values;
    }

    private static void readLine(
            String line, String place, SettingValue.Source source, Map<Setting<?>, SettingValue> values) {
        var equals = line.indexOf('=');
        if (equals < 1) {
            // Without the line itself: it may be part of a password.
            throw new SettingsException(place + ": this is not a NAME=value line; start comments with #");
        }
        var name = line.substring(0, equals).strip();
        if (EXPORTED.matcher(name).matches()) {
            throw new SettingsException(
                    place + ": this is a shell's line, and the file is no shell script: remove \"export\"");
        }
        if (!name.startsWith(Setting.PREFIX)) {
            return;
        }
        var setting = requireSetting(name, place);
        var text = line.substring(equals + 1).strip();
        // A secret may begin and end with a quote; nothing else does.
        if (!setting.secret() && QUOTED.matcher(text).matches()) {
            throw new SettingsException(place + ": " + name
                    + ": the value is in quotes, which would be part of it: remove them, the file is no shell script");
        }
        var value = new SettingValue(text, source, place + ": " + setting.name());
        var earlier = values.put(setting, value);
        if (earlier != null) {
            throw new SettingsException(place + ": " + name + " is set twice in this file: remove one of the lines");
        }
    }

    /**
     * The setting of that name in a file.
     *
     * @param place the place in the file, for the message
     * @throws SettingsException if there is none
     */
    public static Setting<?> requireSetting(String name, String place) {
        if (KnownNames.LAUNCHER.contains(name)) {
            throw new SettingsException(
                    place + ": " + name + " works only as an environment variable: remove it from the file");
        }
        return SettingCatalogue.named(name)
                .orElseThrow(() -> new SettingsException(place + ": " + KnownNames.unknown(name)));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new SettingsException(
                    "the settings file " + file + " cannot be read: check that it exists, is UTF-8 and may be read");
        }
    }
}
