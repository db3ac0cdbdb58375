package dev.backfleet.coordinator.throttle;

import dev.backfleet.common.throttle.Thresholds;
import java.time.Duration;

/**
 * A sample held against its thresholds. What cannot be read is never good news: it counts as above the soft threshold,
 * and as above the hard one when it goes on.
 *
 * @param sample what was read
 * @param thresholds what is too much
 * @param unread for how long it could not be read; zero if it could
 */
public record Reading(Sample sample, Thresholds thresholds, Duration unread) {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final double UNREAD = 1.25;
    private static final double MOST = 4;

    /** The value in terms of the soft threshold: above 1 it is too much. */
    public double utilisation() {
        var value = sample.value();
        return value == null ? UNREAD : Math.min(MOST, Math.max(0, value / thresholds.soft()));
    }

    /** How bad it is. */
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

    /** The threshold that was exceeded, or would be next. */
    public double threshold() {
        return level() == Level.HARD && Double.isFinite(thresholds.hard()) ? thresholds.hard() : thresholds.soft();
    }

    /** How bad a signal is. */
    public enum Level {
        /** Not above the soft threshold. */
        CALM,
        /** Above the soft threshold: the job shrinks. */
        SOFT,
        /** At the hard threshold: the job stops. */
        HARD
    }
}
