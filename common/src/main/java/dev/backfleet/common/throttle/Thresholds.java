package dev.backfleet.common.throttle;

import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.Shown;

/**
 * The values at which a signal throttles a job and suspends it. Infinite: never.
 *
 * @param soft above it the job is slowed down
 * @param hard from it on the job is suspended
 */
public record Thresholds(double soft, double hard) {

    /** The signal is off. */
    public static final Thresholds OFF = new Thresholds(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

    private static final String NONE = "none";

    public Thresholds {
        if (!(soft > 0) || !(hard >= soft)) {
            throw new IllegalArgumentException("soft must be above zero, and hard not below it");
        }
    }

    /**
     * Reads {@code SOFT/HARD}, {@code SOFT/none} or {@code none}.
     *
     * @throws BadTextException if the text is none of them
     */
    public static Thresholds parse(String text, Measure measure) {
        if (text.strip().equals(NONE)) {
            return OFF;
        }
        var remedy = "write SOFT/HARD, each like " + measure.examples() + ", SOFT/none, or none";
        var parts = text.split("/", -1);
        if (parts.length != 2) {
            throw new BadTextException(Shown.text(text) + " is not a pair of thresholds", remedy);
        }
        var soft = measure.parse(parts[0].strip());
        var hard = parts[1].strip().equals(NONE) ? Double.POSITIVE_INFINITY : measure.parse(parts[1].strip());
        if (!(soft > 0)) {
            throw new BadTextException("the soft threshold is zero", "write one above zero, or none");
        }
        if (hard < soft) {
            throw new BadTextException("the hard threshold is below the soft one", "write the soft one first");
        }
        return new Thresholds(soft, hard);
    }

    /** Whether the signal is on. */
    public boolean isOn() {
        return soft != Double.POSITIVE_INFINITY;
    }
}
