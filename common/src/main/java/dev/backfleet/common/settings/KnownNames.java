package dev.backfleet.common.settings;

import java.util.ArrayList;
import java.util.Set;

/** Which {@code BACKFLEET_} names mean something, and what to say of one that does not. */
final class KnownNames {

    /** The variable that names the settings file. */
    static final String SETTINGS_FILE = Setting.PREFIX + "SETTINGS";

    /** Environment variables that are no settings: where the file is, and what the launcher uses. */
    static final Set<String> LAUNCHER =
            Set.of(SETTINGS_FILE, Setting.PREFIX + "TERMINAL", Setting.PREFIX + "JAVA_OPTIONS");

    private KnownNames() {}

    static boolean contains(String name) {
        return LAUNCHER.contains(name) || SettingCatalogue.named(name).isPresent();
    }

    /** One clause on a name that nobody knows. */
    static String unknown(String name) {
        var names = new ArrayList<String>();
        SettingCatalogue.all().forEach(setting -> names.add(bare(setting.name())));
        return NearestName.of(bare(name), names)
                .map(near -> name + " is not a setting; did you mean " + Setting.PREFIX + near + "?")
                .orElse(name + " is not a setting; the settings reference has the names");
    }

    /** Without the prefix, which says nothing about nearness. */
    private static String bare(String name) {
        return name.substring(Setting.PREFIX.length());
    }
}
