package dev.backfleet.coordinator.throttle;

import dev.backfleet.common.throttle.Thresholds;
import java.time.Duration;

/**
 * A sample compared with its thresholds. A signal that cannot be read counts as above the soft threshold, and after 15 s as
 * above the hard one.
 *
 * @param unread for how long the signal could not be read; zero if it could
 */
public record Reading(Sample sample, Thresholds thresholds, Duration unread) {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final double UNREAD = 1.25;
    private static final double MOST = 4;

    /** The value as a multiple of the soft threshold. */
    public double utilisation() {
        var value = sample.value();
        return value == null ? UNREAD : Math.min(MOST, Math.max(0, value / thresholds.soft()));
    }

    /** The level of this reading. */
    public Level level() {
        var value = sample.value();
        if (value == null) {
            return unread.compareTo(TIMEOUT) >= 0 ? Level.HARD : Level.SOFT;
        }
        if (value >= thresholds.hard()) {
            return Level.HARD;
        }
        return value > thresholds.soft() ? Level.SOFT : Level.CALM;
    }

    /** The threshold that is exceeded, otherwise the next one. */
    public double threshold() {
        return level() == Level.HARD && Double.isFinite(thresholds.hard()) ? thresholds.hard() : thresholds.soft();
    }

    /** The level of a signal. */
    public enum Level {
        /** Not above the soft threshold. */
        CALM,
        /** Above the soft threshold: the job is throttled. */
        SOFT,
        /** At the hard threshold: the job is suspended. */
        HARD
    }
}
