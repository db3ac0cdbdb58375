package dev.backfleet.common.settings;

import dev.backfleet.common.unit.NearestName;
import java.util.ArrayList;
import java.util.Set;

/** The known {@code BACKFLEET_} names, and the message for an unknown one. */
final class KnownNames {

    /** The variable that names the settings file. */
    static final String SETTINGS_FILE = Setting.PREFIX + "SETTINGS";

    /** Environment variables that are no settings: what names settings, and those of the launcher. */
    static final Set<String> LAUNCHER = Set.of(
            SETTINGS_FILE,
            Setting.PREFIX + "CONTEXT",
            Setting.PREFIX + "SERVER",
            Setting.PREFIX + "TERMINAL",
            Setting.PREFIX + "INPUT",
            Setting.PREFIX + "JAVA_OPTIONS");

    private KnownNames() {}

    static boolean contains(String name) {
        return LAUNCHER.contains(name) || SettingCatalogue.named(name).isPresent();
    }

    /** The message for an unknown name, as a clause. */
    static String unknown(String name) {
        var names = new ArrayList<String>();
        SettingCatalogue.all().forEach(setting -> names.add(bare(setting.name())));
        return NearestName.of(bare(name), names)
                .map(near -> name + " is not a setting; did you mean " + Setting.PREFIX + near + "?")
                .orElse(name + " is not a setting; the settings reference has the names");
    }

    /** Without the prefix, which all names share. */
    private static String bare(String name) {
        return name.substring(Setting.PREFIX.length());
    }
}
