package dev.backfleet.common.unit;

import java.util.Locale;
import java.util.regex.Pattern;

/** Writes values so that they can be pasted into a command. */
public final class ShellWord {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.,:@%+/-]+");

    private ShellWord() {}

    /** The value as one word of a POSIX shell, without quotes if it needs none, or of bash if it holds non-printable characters. */
    public static String of(String value) {
        if (PLAIN.matcher(value).matches()) {
            return value;
        }
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
