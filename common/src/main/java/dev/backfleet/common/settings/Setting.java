package dev.backfleet.common.settings;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The definition of a setting.
 *
 * @param name the environment variable's name, which is the name in the file too
 * @param type how its text is read and checked
 * @param defaultText the default; empty if the sentence says what happens without a value
 * @param sentence what it decides
 * @param secret whether its value must never be printed
 * @param usedBy the parts that read it
 * @param shortFlag a second, shorter flag
 * @param <T> the type of its value
 */
public record Setting<T>(
        String name,
        SettingType<T> type,
        @Nullable String defaultText,
        String sentence,
        boolean secret,
        Set<Part> usedBy,
        @Nullable String shortFlag) {

    /** The prefix of every setting's name. */
    public static final String PREFIX = "BACKFLEET_";

    /** A setting without default, for every part. */
    static <T> Setting<T> define(String name, SettingType<T> type, String sentence) {
        return new Setting<>(PREFIX + name, type, null, sentence, false, EnumSet.allOf(Part.class), null);
    }

    Setting<T> withDefault(String text) {
        return new Setting<>(name, type, text, sentence, secret, usedBy, shortFlag);
    }

    Setting<T> onlyFor(Part first, Part... more) {
        return new Setting<>(name, type, defaultText, sentence, secret, EnumSet.of(first, more), shortFlag);
    }

    Setting<T> keptSecret() {
        return new Setting<>(name, type, defaultText, sentence, true, usedBy, shortFlag);
    }

    Setting<T> withShortFlag(String flag) {
        return new Setting<>(name, type, defaultText, sentence, secret, usedBy, flag);
    }

    /** There is one definition for each name. What the JVM would make of a record costs each command a tenth of its start. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Setting<?> setting && name.equals(setting.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** The flag of the command line: {@code --database-url} for {@code BACKFLEET_DATABASE_URL}. */
    public String flag() {
        return "--" + name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
