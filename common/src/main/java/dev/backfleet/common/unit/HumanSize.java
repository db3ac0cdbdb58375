package dev.backfleet.common.unit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** How people write amounts of data, as PostgreSQL does: a whole number and a unit, {@code 512kB}, {@code 20MB}. */
public final class HumanSize {
    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,9})(B|kB|MB|GB)");
    private static final String REMEDY = "write 512kB, 20MB or 1GB";

    /** The units of a rounded amount, smallest first. */
    private static final List<String> SHOWN = List.of("B", "kB", "MB", "GB", "TB");

    /** Bytes of each unit, largest first. */
    private static final Map<String, Long> UNITS = units();

    private HumanSize() {}

    /**
     * Parses an amount; returns bytes.
     *
     * @throws BadTextException if it is anything but a whole number and a unit
     */
    public static long parse(String text) {
        var match = WRITTEN.matcher(text);
        if (!match.matches()) {
            throw new BadTextException(Shown.text(text) + " is not an amount of data", REMEDY);
        }
        return Long.parseLong(match.group(1)) * UNITS.getOrDefault(match.group(2), 1L);
    }

    /** Writes bytes so that {@link #parse} gives them back. */
    public static String format(long bytes) {
        for (var unit : UNITS.entrySet()) {
            if (bytes % unit.getValue() == 0) {
                return bytes / unit.getValue() + unit.getKey();
            }
        }
        throw new IllegalArgumentException(bytes + " is not an amount of data");
    }

    /** An amount rounded for a person: {@code 512B}, {@code 17.4MB}, {@code 145MB}. */
    public static String rounded(double bytes) {
        var shown = bytes;
        var unit = 0;
        while (shown >= 1024 && unit < SHOWN.size() - 1) {
            shown /= 1024;
            unit++;
        }
        var digits = shown >= 100 ? "%.0f" : "%.1f";
        return String.format(Locale.ROOT, digits, shown).replaceFirst("\\.0$", "") + SHOWN.get(unit);
    }

    /** The same of whole bytes. */
    public static String rounded(long bytes) {
        return rounded((double) bytes);
    }

    private static Map<String, Long> units() {
        var units = new LinkedHashMap<String, Long>();
        units.put("GB", 1L << 30);
        units.put("MB", 1L << 20);
        units.put("kB", 1L << 10);
        units.put("B", 1L);
        return units;
    }
}
