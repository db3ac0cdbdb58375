package dev.backfleet.common.settings;

/**
 * The text that was given for a setting.
 *
 * @param text the text
 * @param source where it was given
 * @param origin the exact place in words: a flag, an environment variable, or a line of a file
 */
public record SettingValue(String text, Source source, String origin) {

    /** Where a value can be given, highest precedence first. */
    public enum Source {
        FLAG,
        /** The file that the command line names. */
        NAMED_FILE,
        /** The context that the command uses. */
        CONTEXT,
        ENVIRONMENT,
        /** The file that the environment names. */
        FILE
    }

    /** Without the text, which may be a password. */
    @Override
    public String toString() {
        return "SettingValue[" + origin + "]";
    }
}
