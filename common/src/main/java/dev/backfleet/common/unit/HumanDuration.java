package dev.backfleet.common.unit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** How people write durations: a whole number and a unit, {@code 100ms}, {@code 2s}, {@code 1m}, {@code 1h} or {@code 14d}, of 24 hours each. */
public final class HumanDuration {
    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final String REMEDY = "write 100ms, 2s or 1m";

    /** One day is written as 24 hours, as people do. */
    private static final Duration LEAST_IN_DAYS = Duration.ofDays(2);

    /** The units, longest first: a duration is written in the first unit that divides it. */
    private static final Map<String, Duration> UNITS = units();

    private HumanDuration() {}

    /**
     * Reads a duration.
     *
     * @throws BadTextException if it is anything but a whole number and a unit
     */
    public static Duration parse(String text) {
        var match = WRITTEN.matcher(text);
        if (!match.matches()) {
            throw new BadTextException(Shown.text(text) + whatIsWrongWith(text), REMEDY);
        }
        return unit(match.group(2)).multipliedBy(Long.parseLong(match.group(1)));
    }

    /**
     * Writes a duration so that {@link #parse} gives it back.
     *
     * @throws IllegalArgumentException if it is negative or not a whole number of milliseconds
     */
    public static String format(Duration duration) {
        if (duration.isNegative() || duration.toNanosPart() % 1_000_000 != 0) {
            throw new IllegalArgumentException(duration + " is not a whole number of milliseconds");
        }
        if (duration.isZero()) {
            return "0s";
        }
        for (var unit : UNITS.entrySet()) {
            if (duration.toMillis() % unit.getValue().toMillis() == 0
                    && (!unit.getKey().equals("d") || duration.compareTo(LEAST_IN_DAYS) >= 0)) {
                return duration.dividedBy(unit.getValue()) + unit.getKey();
            }
        }
        throw new IllegalStateException("no unit fits " + duration);
    }

    private static String whatIsWrongWith(String text) {
        return NUMBER.matcher(text).matches() ? " has no unit" : " is not a duration";
    }

    private static Duration unit(String name) {
        var unit = UNITS.get(name);
        if (unit == null) {
            throw new IllegalArgumentException("no unit " + name);
        }
        return unit;
    }

    private static Map<String, Duration> units() {
        var units = new LinkedHashMap<String, Duration>();
        units.put("d", Duration.ofDays(1));
        units.put("h", Duration.ofHours(1));
        units.put("m", Duration.ofMinutes(1));
        units.put("s", Duration.ofSeconds(1));
        units.put("ms", Duration.ofMillis(1));
        return units;
    }
}
