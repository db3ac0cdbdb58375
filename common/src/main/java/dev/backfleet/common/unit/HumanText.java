package dev.backfleet.common.unit;

import java.time.Duration;
import java.util.Locale;

/** Numbers and times as the screen shows them, independent of the locale. */
public final class HumanText {

    private HumanText() {}

    /** With thousands separators: {@code 1,234,567}. */
    public static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** With its two largest units: {@code 350ms}, {@code 42s}, {@code 1m 05s}, {@code 2h 03m}, {@code 3d 04h}. */
    public static String elapsed(Duration duration) {
        if (duration.isNegative()) {
            return "-" + elapsed(duration.negated());
        }
        if (duration.toSeconds() == 0) {
            return duration.toMillis() == 0 ? "0s" : duration.toMillis() + "ms";
        }
        if (duration.toMinutes() == 0) {
            return duration.toSeconds() + "s";
        }
        if (duration.toHours() == 0) {
            return two(duration.toMinutes(), "m", duration.toSecondsPart(), "s");
        }
        return duration.toDays() == 0
                ? two(duration.toHours(), "h", duration.toMinutesPart(), "m")
                : two(duration.toDays(), "d", duration.toHoursPart(), "h");
    }

    /**
     * A time that lies between two, rounded outwards to one unit: {@code 40-70s}, {@code 2-4m}, {@code <3h}, {@code 5-6d}.
     *
     * @param low seconds
     * @param high seconds, at least as many
     */
    public static String between(long low, long high) {
        if (high < 100) {
            return span(low, high, 1, "s");
        }
        if (high < Duration.ofMinutes(100).toSeconds()) {
            return span(low, high, Duration.ofMinutes(1).toSeconds(), "m");
        }
        return high < Duration.ofHours(48).toSeconds()
                ? span(low, high, Duration.ofHours(1).toSeconds(), "h")
                : span(low, high, Duration.ofDays(1).toSeconds(), "d");
    }

    private static String span(long low, long high, long unit, String name) {
        var least = low / unit;
        var most = (high + unit - 1) / unit;
        if (least == most) {
            return least + name;
        }
        return least == 0 ? "<" + most + name : least + "-" + most + name;
    }

    private static String two(long large, String largeUnit, int small, String smallUnit) {
        return String.format(Locale.ROOT, "%d%s %02d%s", large, largeUnit, small, smallUnit);
    }
}
