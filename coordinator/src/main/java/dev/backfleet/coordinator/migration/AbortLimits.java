package dev.backfleet.coordinator.migration;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.Shown;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The values of a signal from which a cutover goes no further, and from which it is taken back.
 *
 * @param soft above it no step is taken
 * @param hard from it on reads are taken back; null: never
 */
public record AbortLimits(Limit soft, @Nullable Limit hard) {
    private static final String NONE = "none";
    private static final Pattern TIMES = Pattern.compile("([0-9]{1,4}(?:\\.[0-9]{1,3})?)x");

    /**
     * Reads {@code SOFT/HARD} or {@code SOFT/none}; each is a value of the measure, or {@code 1.5x}: so many times the baseline.
     *
     * @throws BadTextException if the text is none of them
     */
    public static AbortLimits parse(String text, Measure measure) {
        var remedy = "write SOFT/HARD, each like " + measure.examples()
                + " or like 1.5x, which is a multiple of the baseline; or " + "SOFT/none";
        var parts = text.split("/", -1);
        if (parts.length != 2) {
            throw new BadTextException(Shown.text(text) + " is not a pair of thresholds", remedy);
        }
        var hard = parts[1].strip();
        return of(
                Limit.parse(parts[0].strip(), measure), hard.equals(NONE) ? null : Limit.parse(hard, measure), remedy);
    }

    /**
     * A pair that was read one by one.
     *
     * @throws BadTextException if the hard one is certainly below the soft one, or both are zero
     */
    public static AbortLimits of(Limit soft, @Nullable Limit hard, String remedy) {
        if ((soft.times() && soft.value() < 1) || (hard != null && hard.times() && hard.value() <= 1)) {
            throw new BadTextException(
                    "a multiple of the baseline is not above 1: the baseline itself would exceed it", remedy);
        }
        if (hard != null && soft.times() == hard.times() && hard.value() < soft.value()) {
            throw new BadTextException("the hard threshold is below the soft one", "write the soft one first");
        }
        if (hard != null && hard.value() <= 0) {
            throw new BadTextException("the hard threshold is zero: every value would exceed it", remedy);
        }
        return new AbortLimits(soft, hard);
    }

    /** Whether a baseline is needed. */
    public boolean relative() {
        return soft.times() || (hard != null && hard.times());
    }

    /** As it is written in a file. */
    public String words(Measure measure) {
        return soft.words(measure) + "/" + (hard == null ? NONE : hard.words(measure));
    }

    /**
     * One threshold.
     *
     * @param value in the measure's unit, or how many times the baseline
     * @param times whether it is a multiple of the baseline
     */
    public record Limit(double value, boolean times) {
        /**
         * Reads a value of the measure, or {@code 1.5x}.
         *
         * @throws BadTextException if the text is neither
         */
        public static Limit parse(String text, Measure measure) {
            var times = TIMES.matcher(text);
            return times.matches()
                    ? new Limit(Double.parseDouble(times.group(1)), true)
                    : new Limit(measure.parse(text), false);
        }

        /** The threshold in the measure's unit; nothing if it needs a baseline that is not known. */
        public OptionalDouble of(OptionalDouble baseline) {
            if (!times) {
                return OptionalDouble.of(value);
            }
            return baseline.isPresent() ? OptionalDouble.of(value * baseline.getAsDouble()) : OptionalDouble.empty();
        }

        /** As it is written in a file. */
        public String words(Measure measure) {
            return times ? Measure.NUMBER.show(value) + "x" : measure.show(value);
        }
    }
}
