package dev.backfleet.coordinator.timekeeping;

import org.jspecify.annotations.Nullable;

/**
 * How fast a job is expected to be, as its samples of the last hour tell. Speeds are rows scanned per second of work: the time in which
 * the job is held back counts in the share of work only.
 *
 * @param speeds while it works; null if it has not worked for long enough to tell
 * @param work the share of time in which it works, of the time in which it works or is held back
 * @param heldBy what has held it back in all of the last minute; null if it has worked in that time
 */
public record Outlook(
        @Nullable Speeds speeds, Share work, @Nullable Spent heldBy) {

    /** How many times its standard deviation a mean varies, from the 10th to the 90th percentile. */
    private static final double TO_TENTH = 1.28;

    /** Past and future are no better known than that. */
    private static final double LEAST_MARGIN = 0.05;

    /** Few measurements are further apart than they look. */
    private static final double MARGIN_OF_FEW = 0.5;

    /**
     * The time until so many rows are scanned; null if no speed is known.
     *
     * @return seconds
     */
    public @Nullable Remaining remaining(long rows) {
        var known = speeds;
        if (known == null || work.mean() <= 0) {
            return null;
        }
        var usual = rows / (known.usual() * work.mean());
        var varies =
                TO_TENTH * work.deviation() * Math.sqrt(1.0 / work.blocks() + work.blockSeconds() / Math.max(1, usual));
        var margin = LEAST_MARGIN + MARGIN_OF_FEW / known.measured();
        var most = Math.min(1, work.mean() + varies);
        // That it is held back for all of the time is another answer, and not an end of this interval.
        var least = Math.max(work.mean() / 4, work.mean() - varies);
        return new Remaining(
                rows / (known.fast() * most) / (1 + margin), usual, rows / (known.slow() * least) * (1 + margin));
    }

    /**
     * Rows scanned per second of work.
     *
     * @param slow the 10th percentile
     * @param usual the mean
     * @param fast the 90th percentile
     * @param measured how many measurements that is
     */
    public record Speeds(double slow, double usual, double fast, int measured) {}

    /**
     * The share of time in which the job works.
     *
     * @param deviation the standard deviation of that share between blocks of time
     * @param blocks how many blocks
     * @param blockSeconds how long each of them is
     */
    public record Share(double mean, double deviation, int blocks, double blockSeconds) {}

    /**
     * A time in seconds.
     *
     * @param low the least that is likely
     * @param high the most
     */
    public record Remaining(double low, double usual, double high) {}
}
