package dev.backfleet.common.unit;

import java.time.Duration;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 100ms}, {@code 2s}, {@code 1m}, {@code 3h}. */
public final class HumanDuration {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    private HumanDuration() {}

    /**
     * The duration that the text means.
     *
     * @throws IllegalArgumentException if it is not one
     */
    public static Duration parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a duration such as 100ms, 2s or 1m");
        }
        var amount = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    /** The shortest text that {@link #parse} reads as the same duration, to the millisecond. */
    public static String format(Duration duration) {
        var millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        var seconds = millis / 1000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
    }
}
