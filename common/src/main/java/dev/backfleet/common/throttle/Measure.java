package dev.backfleet.common.throttle;

import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.common.unit.HumanSize;
import dev.backfleet.common.unit.Shown;
import java.util.Locale;
import java.util.regex.Pattern;

/** The unit of a signal: how its values are parsed and shown. */
public enum Measure {
    /** Seconds; values are written with a unit. */
    DURATION("500ms, 10s or 2m") {
        @Override
        public double parse(String text) {
            return HumanDuration.parse(text).toMillis() / 1000.0;
        }

        @Override
        public String show(double seconds) {
            if (seconds < 1) {
                return decimal(seconds * 1000) + "ms";
            }
            return seconds < 120 ? decimal(seconds) + "s" : decimal(seconds / 60) + "m";
        }
    },
    /** Bytes; values are written with a unit. */
    BYTES("64MB or 2GB") {
        @Override
        public double parse(String text) {
            return HumanSize.parse(text);
        }

        @Override
        public String show(double bytes) {
            return HumanSize.rounded(bytes);
        }
    },
    /** Bytes per second, written as bytes. */
    BYTES_PER_SECOND("64MB or 2GB") {
        @Override
        public double parse(String text) {
            return HumanSize.parse(text);
        }

        @Override
        public String show(double bytes) {
            return HumanSize.rounded(bytes) + "/s";
        }
    },
    /** Percent, written with its sign. */
    PERCENT("80%") {
        @Override
        public double parse(String text) {
            if (!text.endsWith("%")) {
                throw new BadTextException(Shown.text(text) + " is not a percentage", "write it like 80%");
            }
            return number(text.substring(0, text.length() - 1), "write it like 80%");
        }

        @Override
        public String show(double percent) {
            return decimal(percent) + "%";
        }
    },
    /** A count, or a number of a custom signal. */
    NUMBER("20 or 1.5") {
        @Override
        public double parse(String text) {
            return number(text, "write it like 20 or 1.5");
        }

        @Override
        public String show(double number) {
            return decimal(number);
        }
    };

    private static final Pattern WRITTEN = Pattern.compile("[0-9]{1,15}(\\.[0-9]{1,9})?");

    private final String examples;

    Measure(String examples) {
        this.examples = examples;
    }

    /**
     * Reads a value.
     *
     * @throws BadTextException if it is not one
     */
    public abstract double parse(String text);

    /** Shows a value, rounded for a person. */
    public abstract String show(double value);

    /** Examples of values. */
    public String examples() {
        return examples;
    }

    private static double number(String text, String remedy) {
        if (!WRITTEN.matcher(text).matches()) {
            throw new BadTextException(Shown.text(text) + " is not a number", remedy);
        }
        return Double.parseDouble(text);
    }

    private static String decimal(double number) {
        var digits = number >= 100 ? "%.0f" : "%.1f";
        return String.format(Locale.ROOT, digits, number).replaceFirst("\\.0$", "");
    }
}
