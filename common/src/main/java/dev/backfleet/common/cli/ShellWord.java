package dev.backfleet.common.cli;

import java.util.Locale;

/** Writes values so that they can be pasted into a command. */
public final class ShellWord {
    private ShellWord() {}

    /** The value as one word of a POSIX shell, or of bash if it holds non-printable characters. */
    public static String of(String value) {
        if (value.chars().noneMatch(Character::isISOControl)) {
            return "'" + value.replace("'", "'\\''") + "'";
        }
        var text = new StringBuilder("$'");
        value.codePoints().forEach(c -> {
            if (Character.isISOControl(c)) {
                text.append(String.format(Locale.ROOT, "\\x%02x", c));
            } else {
                text.append(c == '\'' || c == '\\' ? "\\" : "").appendCodePoint(c);
            }
        });
        return text.append("'").toString();
    }
}
