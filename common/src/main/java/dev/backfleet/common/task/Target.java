package dev.backfleet.common.task;

import java.util.regex.Pattern;

/**
 * The database that a message is about. There is one today, {@link #DEFAULT}. Messages name it, so that a fleet can
 * serve several databases later without a new format.
 *
 * @param name lower-case letters, digits and hyphens, at most 63 of them, beginning with a letter or digit
 */
public record Target(String name) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    /** The target of messages that name none. */
    public static final Target DEFAULT = new Target("default");

    /** @throws IllegalArgumentException if the name is not one */
    public Target {
        if (!isName(name)) {
            throw new IllegalArgumentException("not the name of a target: " + name);
        }
    }

    /** Whether a text is a valid name of a target. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    @Override
    public String toString() {
        return name;
    }
}
