package dev.backfleet.common.settings;

/**
 * The text that somebody gave a setting.
 *
 * @param text the text as it was given
 * @param source by which way it came
 * @param origin the place in words: a flag, an environment variable, or a line of a file
 */
public record SettingValue(String text, Source source, String origin) {

    /** The ways a value can come, the stronger one first. */
    public enum Source {
        FLAG,
        ENVIRONMENT,
        FILE
    }

    /** The text may hold a password. */
    @Override
    public String toString() {
        return "SettingValue[" + origin + "]";
    }
}
